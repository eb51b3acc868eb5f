// The shop's tour records what its owner counts on. Fails when a field is missing, and says which.
import { test } from '@playwright/test';
import { micro } from '@waymark/recorder/testing';

const address = process.env.COLLECTOR ?? 'http://127.0.0.1:8787';
const collector = micro(address);

test.beforeEach(() => collector.reset());

test('the tour of the log-in page is recorded', async ({ page }) => {
  await page.goto('/demo/sign-in/?collector=' + encodeURIComponent(address));
  await page.click('#help');
  await page.click('[data-tour=log-in]');
  for (const step of [1, 2, 3]) {
    await page.getByText(`${step} of 3`).waitFor();
    await page.click('.driver-popover-next-btn');
  }

  // Else the last events come some seconds later.
  await page.evaluate(() => window.waymark('flush'));

  const tour = { type: 'wt', oId: 124909, oName: 'Log in', pInit: { type: 1 }, pId: /^\d+-124909-/ };
  const expected = [
    { type: 'pageView', ctx: { title: /^Sign in/ } },
    { type: 'play', data: { ...tour, oActualSubObject: Number.isInteger } },
    { type: 'step', data: tour },
    { type: 'step', data: tour },
    { type: 'complete', data: tour, server: { site: 'demo' } },
  ];
  await collector.waitForEvents(expected, { timeoutMs: 2_000 });
});
