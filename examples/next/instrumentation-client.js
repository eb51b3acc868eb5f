// Next.js runs this once in each browser, before the application. The collector is a path of the site (proxy.js).
import { init } from '@waymark/recorder';

init({ site: 'demo', collector: '/wm' });
