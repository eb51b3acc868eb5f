import introJs from 'intro.js';
import 'intro.js/introjs.css';
import { recordHints } from '../../../www/adapters/intro.js';
import { introPlayer } from './stage/intro.js';

export const play = introPlayer(() => introJs.tour());

/** Shows two hints, which the site listens to as well. */
window.hints = async (content) => {
  const hint = introJs.hint().setOptions({ hints: ['#t1', '#t2'].map((element) => ({ element, hint: element })) });
  window.heard = 0;
  hint.onHintClick(() => { heard += 1; });
  window.recording = recordHints(hint, content);
  await hint.render();
};
