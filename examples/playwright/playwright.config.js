import { defineConfig } from '@playwright/test';

// The shop's and the collector's addresses, and a browser that is installed already, are the environment's to say.
export default defineConfig({
  testMatch: '*.spec.js',
  outputDir: process.env.OUTPUT,
  use: {
    baseURL: process.env.SHOP ?? 'http://127.0.0.1:8000',
    launchOptions: { executablePath: process.env.BROWSER_PROGRAM, args: ['--no-sandbox'] },
  },
});
