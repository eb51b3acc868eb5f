import { Joyride } from 'react-joyride';
import { joyridePlayer } from './stage/joyride.js';

export const play = joyridePlayer(Joyride, 'onEvent', '.react-joyride__overlay svg > path:first-of-type', {
  options: {
    buttons: ['back', 'close', 'primary', 'skip'],
    skipBeacon: true,
    skipScroll: true,
    targetWaitTimeout: 0,
  },
});
