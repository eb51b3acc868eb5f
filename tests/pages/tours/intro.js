import introJs from 'intro.js';
import 'intro.js/introjs.css';
import { introPlayer } from './stage/intro.js';

export const play = introPlayer(() => introJs.tour());
