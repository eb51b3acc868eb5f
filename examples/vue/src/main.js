import { createApp } from 'vue';
import { waymark } from '@waymark/recorder/vue';
import Shop from './Shop.vue';

createApp(Shop).use(waymark, { site: 'demo', collector: 'http://127.0.0.1:8787' }).mount('#app');
