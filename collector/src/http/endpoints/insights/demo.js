// The demo only: fills the site `demo-month` with a month of made-up visits, and shows it.

const section = document.getElementById('demo');
const button = document.getElementById('fill-month');

/** Waits until all stored events are counted, at most 30 s. */
async function counted(site) {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const answer = await (await fetch(`/v1/insights/health?site=${site}`, { cache: 'no-store' })).json();
    if (answer.behind?.events === 0) return;
    await new Promise((settle) => setTimeout(settle, 300));
  }
}

button.addEventListener('click', async () => {
  button.disabled = true;
  button.textContent = 'Filling…';
  try {
    const answer = await fetch('/v1/demo/month', { method: 'PUT', cache: 'no-store' });
    const { site, error } = await answer.json();
    if (!answer.ok) throw new Error(error);
    await counted(site);
    location.href = `/insights?site=${site}`;
  } catch (error) {
    button.textContent = 'Fill with a made-up month';
    button.disabled = false;
    section.querySelector('p').textContent = `It did not work: ${error.message}`;
  }
});
