// What a lane shows in a window, pixel by pixel: runs of one state, wide spans as they are, narrow ones as their column's winner.
import { upperBound } from './table.js';

/** Where a pixel holds more spans than this, columns end at the borders of blocks: off by an eighth of a pixel at most. */
const DENSE = 64;

/** A reusable list of runs: x0, x1 in pixels, state, and the span's number (-1: a column that several spans share). */
export class Runs {
  constructor() {
    this.count = 0;
    this.x0 = new Float32Array(4096);
    this.x1 = new Float32Array(4096);
    this.state = new Uint8Array(4096);
    this.span = new Int32Array(4096);
  }

  push(x0, x1, state, span) {
    const last = this.count - 1;
    if (span < 0 && last >= 0 && this.span[last] < 0 && this.state[last] === state && x0 - this.x1[last] < 0.5) {
      this.x1[last] = x1;
      return;
    }
    if (this.count === this.x0.length) this.#widen();
    const i = this.count++;
    this.x0[i] = x0;
    this.x1[i] = x1;
    this.state[i] = state;
    this.span[i] = span;
  }

  #widen() {
    for (const name of ['x0', 'x1', 'state', 'span']) {
      const grown = new this[name].constructor(this.count * 2);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}

/** Fills `runs` with what `lane` shows from t0 to t1 on `width` pixels; the open span ends at `until`. */
export function runsOf(lane, t0, t1, width, until, runs) {
  const { spans, pyramid } = lane, { start, end, state } = spans;
  const count = spans.count, scale = width / (t1 - t0), stop = Math.min(t1, until);
  pyramid.grow();
  runs.count = 0;
  let i = Math.max(0, upperBound(start, count, t0) - 1), taken = 0, dense = false;
  while (i < count) {
    if (dense) { // i begins a block of 8; only the pyramid is read
      const block = i >>> 3, next = pyramid.find(Math.min(stop, t0 + (taken + 1) / scale), block + 1, 0) - 1;
      if (next - block >= DENSE / 16) {
        runs.push(taken, taken + 1, pyramid.winner(i, next << 3, until), -1);
        i = next << 3;
        taken++;
        continue;
      }
      dense = false;
    }
    if (start[i] >= stop) break;
    const x0 = (start[i] - t0) * scale, finish = Math.min(end[i], stop);
    if (finish <= t0) { i++; continue; }
    const x1 = (finish - t0) * scale;
    if (x1 - x0 >= 1) {
      runs.push(Math.max(-8, x0), x1, state[i], i);
      i++;
      continue;
    }
    const column = Math.max(taken, Math.floor(Math.max(0, x0))), over = t0 + (column + 1) / scale;
    let next = pyramid.find(over, i + 1);
    dense = next - i > DENSE;
    if (dense) next &= ~7;
    taken = column + 1;
    const last = next - 1;
    if (last > i && (Math.min(end[last], stop) - start[last]) * scale >= 1) next = last;
    if (next === i + 1) runs.push(x0, x1, state[i], i);
    else runs.push(column, column + 1, pyramid.winner(i, next, until), -1);
    i = next;
  }
  return runs;
}
