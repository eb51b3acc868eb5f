// What went wrong on this page and could be seen by its owner: for the tests, which want none of it.
window.wrong = [];
addEventListener('error', (event) => wrong.push(`error: ${event.message || event.target.src}`));
addEventListener('unhandledrejection', (event) => wrong.push(`unhandled: ${event.reason}`));
