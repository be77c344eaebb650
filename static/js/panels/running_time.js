/** How long one thread was in the state running, up to any moment: sums kept beside its spans, which only grow at the end. */
import { RUNNING } from '../core/states.js';

export class RunningTime {
  constructor() {
    this.sums = new Float64Array(64);
    this.summed = 0;
  }

  /** @param {{count: number, start: Float64Array, end: Float64Array, state: Uint8Array}} spans @param {number} t @returns {number} ns */
  until(spans, t) {
    this.#grow(spans);
    const at = this.#spanAt(spans, t);
    if (at < 0) return 0;
    const before = at > 0 ? this.sums[at - 1] : 0;
    return before + (spans.state[at] === RUNNING ? Math.max(0, Math.min(t, spans.end[at]) - spans.start[at]) : 0);
  }

  /** The last span is still open, so its sum waits. */
  #grow({ count, start, end, state }) {
    if (count > this.sums.length) {
      const wider = new Float64Array(count * 2);
      wider.set(this.sums);
      this.sums = wider;
    }
    for (; this.summed < count - 1; this.summed += 1) {
      const i = this.summed;
      this.sums[i] = (i ? this.sums[i - 1] : 0) + (state[i] === RUNNING ? end[i] - start[i] : 0);
    }
  }

  #spanAt({ count, start }, t) {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (start[middle] <= t) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
