// What is collected, shown by the panel that any site can have from its collector.

import { ask } from './consent.js';
import { collector } from './waymark-setup.js';

document.head.append(Object.assign(document.createElement('script'), { async: true, src: `${collector}/panel.js` }));
document.querySelector('#ask-again').addEventListener('click', ask);
addEventListener('shop-consent', () => document.querySelector('waymark-panel').refresh?.());
