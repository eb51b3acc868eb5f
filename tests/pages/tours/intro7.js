import introJs from 'intro.js-7';
import 'intro.js-7/introjs.css';
import { introPlayer } from './stage/intro.js';

export const play = introPlayer(() => introJs());
