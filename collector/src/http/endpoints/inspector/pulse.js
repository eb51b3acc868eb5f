// How much arrives: a count, a rate over the last ten seconds, and a line of the last minute.

const SECONDS = 60;
const AVERAGED = 10;

export class Pulse {
  #path;
  #rate;
  #count;
  #total = 0;
  /** Events per second, the current second last. */
  #seconds = new Array(SECONDS).fill(0);

  constructor(svg, rate, count) {
    this.#path = svg.querySelector('path');
    this.#rate = rate;
    this.#count = count;
    setInterval(() => { this.#draw(); this.#seconds.shift(); this.#seconds.push(0); }, 1000);
  }

  /** An event that was there already counts, but did not arrive now. */
  count(live) {
    this.#total += 1;
    if (live) this.#seconds[SECONDS - 1] += 1;
    else this.#count.textContent = this.#total.toLocaleString();
  }

  reset() {
    this.#total = 0;
    this.#seconds.fill(0);
    this.#draw();
  }

  #draw() {
    const recent = this.#seconds.slice(-AVERAGED).reduce((sum, count) => sum + count, 0) / AVERAGED;
    this.#rate.textContent = recent >= 10 ? Math.round(recent).toLocaleString() : recent.toFixed(1).replace('.0', '');
    this.#count.textContent = this.#total.toLocaleString();
    const most = Math.max(4, ...this.#seconds);
    const points = this.#seconds.map((count, at) => `${(at * 120) / (SECONDS - 1)} ${23 - (count / most) * 21}`);
    this.#path.setAttribute('d', `M${points.join('L')}`);
  }
}
