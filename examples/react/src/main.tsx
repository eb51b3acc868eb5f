import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WaymarkProvider } from '@waymark/recorder/react';
import { Shop } from './Shop';

const settings = { site: 'demo', collector: 'http://127.0.0.1:8787' };

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <WaymarkProvider settings={settings}>
      <Shop />
    </WaymarkProvider>
  </StrictMode>,
);
