import Joyride from 'react-joyride-2';
import { joyridePlayer } from './stage/joyride.js';

export const play = joyridePlayer(Joyride, 'callback', '.react-joyride__overlay', {});
