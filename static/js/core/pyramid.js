// Level of detail: a pixel that many spans share shows one state, found in a pyramid that stores the winner per block of 8.
//
// The winner: crashed, then blocked, then the longest of the others (deadlocked is painted over blocked). A 1 us wait inside 10 s of
// running stays visible. "Longest" sums, above the lowest level, only what each block's winner lasted: an estimate, never a rank.
import { BLOCKED, CRASHED, RANK, STATE_COUNT } from './states.js';

const SHARE = 3, BLOCK = 1 << SHARE;

/** Winners per block of 8 spans, of 64, of 512 ...; grows with the spans, which it does not own. */
export class StatePyramid {
  constructor(spans) {
    this.spans = spans;
    this.levels = [];
    this.lasted = new Float64Array(STATE_COUNT);
    this.crashed = false;
    this.checked = 0;
  }

  /** Takes in the spans that were closed since. */
  grow() {
    const { count, state } = this.spans;
    for (; this.checked < count - 1; this.checked++) if (state[this.checked] === CRASHED) this.crashed = true;
    if (state[count - 1] === CRASHED) this.crashed = true;
    let below = this.spans.count - 1;
    for (let level = 0; below >= BLOCK; level++) {
      const full = below >>> SHARE;
      const at = (this.levels[level] ??= { count: 0, state: new Uint8Array(64), lasted: new Float64Array(64), start: new Float64Array(64) });
      if (at.state.length < full) widen(at, Math.max(full, at.state.length * 2));
      for (let block = at.count; block < full; block++) this.#fill(level, block, at);
      at.count = full;
      below = full;
    }
  }

  /** The first span from `from` on that begins at `wanted` or later, or their count: up through the levels, then down again. With `base` 0 the
   * same for blocks of 8: `from` and the answer count blocks. */
  find(wanted, from, base = -1) {
    let i = from, level = base;
    for (;;) {
      const { start, count } = level < 0 ? this.spans : this.levels[level], stop = Math.min(count, (i | (BLOCK - 1)) + 1);
      while (i < stop && start[i] < wanted) i++;
      if (i < stop || i >= count || !this.levels[level + 1] || i >>> SHARE >= this.levels[level + 1].count) break;
      i >>>= SHARE;
      level++;
    }
    for (; level > base; level--) {
      const { start, count } = level === 0 ? this.spans : this.levels[level - 1];
      i = Math.max(0, i - 1) << SHARE;
      while (i < count && start[i] < wanted) i++;
    }
    const { start, count } = base < 0 ? this.spans : this.levels[base];
    while (i < count && start[i] < wanted) i++;
    return Math.max(i, from);
  }

  /** The state that a pixel over spans [from, to) shows. `until` ends the open span. */
  winner(from, to, until) {
    const { lasted } = this, best = this.crashed ? RANK[CRASHED] : RANK[BLOCKED];
    for (let state = 0; state < STATE_COUNT; state++) lasted[state] = 0;
    let top = 0, low = from, high = to;
    for (let level = -1; low < high && RANK[top] < best; level++) {
      const above = this.levels[level + 1];
      const whole = above ? Math.min(above.count << SHARE, high) : 0;
      const rise = Math.min(high, (low + BLOCK - 1) & ~(BLOCK - 1)), fall = Math.max(rise, whole & ~(BLOCK - 1));
      const climb = above && fall > rise;
      top = this.#count(level, low, climb ? rise : high, until, top, best);
      if (!climb) break;
      top = this.#count(level, fall, high, until, top, best);
      low = rise >>> SHARE;
      high = fall >>> SHARE;
    }
    return RANK[top] ? top : longest(lasted);
  }

  /** Counts elements [from, to) of a level (-1: the spans) into `lasted`; the highest state so far, as soon as none can beat it. */
  #count(level, from, to, until, top, best) {
    const { lasted } = this, { state, start, count } = level < 0 ? this.spans : this.levels[level], times = level < 0 ? null : this.levels[level].lasted;
    for (let i = from; i < to; i++) {
      const one = state[i];
      if (RANK[one] > RANK[top]) { top = one; if (RANK[top] >= best) return top; }
      if (RANK[top] === 0) lasted[one] += times === null ? (i + 1 < count ? start[i + 1] : until) - start[i] : times[i];
    }
    return top;
  }

  #fill(level, block, into) {
    this.lasted.fill(0);
    const top = this.#count(level - 1, block << SHARE, (block + 1) << SHARE, Infinity, 0, RANK[CRASHED]), state = RANK[top] ? top : longest(this.lasted);
    into.state[block] = state;
    into.lasted[block] = this.lasted[state];
    into.start[block] = this.spans.start[block << (SHARE * (level + 1))];
  }
}

/** Smallest and largest value per block of 8 steps, of 64 ...: an exact picture of a level that changes faster than pixels. */
export class RangePyramid {
  constructor(steps) {
    this.steps = steps;
    this.levels = [];
  }

  grow() {
    let below = this.steps.count;
    for (let level = 0; below >= BLOCK; level++) {
      const full = below >>> SHARE;
      const at = (this.levels[level] ??= { count: 0, least: new Float64Array(64), most: new Float64Array(64) });
      if (at.least.length < full) widen(at, Math.max(full, at.least.length * 2));
      for (let block = at.count; block < full; block++) {
        const range = { least: Infinity, most: -Infinity };
        for (let i = block << SHARE, last = i + BLOCK; i < last; i++) this.#take(level - 1, i, range);
        at.least[block] = range.least;
        at.most[block] = range.most;
      }
      at.count = full;
      below = full;
    }
  }

  /** {least, most} over steps [from, to). */
  range(from, to) {
    const range = { least: Infinity, most: -Infinity };
    let low = from, high = to;
    for (let level = -1; low < high; level++) {
      const above = this.levels[level + 1];
      const whole = above ? Math.min(above.count << SHARE, high) : 0;
      const rise = Math.min(high, (low + BLOCK - 1) & ~(BLOCK - 1)), fall = Math.max(rise, whole & ~(BLOCK - 1));
      const climb = above && fall > rise;
      for (let i = low; i < (climb ? rise : high); i++) this.#take(level, i, range);
      if (!climb) break;
      for (let i = fall; i < high; i++) this.#take(level, i, range);
      low = rise >>> SHARE;
      high = fall >>> SHARE;
    }
    return range;
  }

  #take(level, i, range) {
    const least = level < 0 ? this.steps.value[i] : this.levels[level].least[i];
    const most = level < 0 ? this.steps.value[i] : this.levels[level].most[i];
    if (least < range.least) range.least = least;
    if (most > range.most) range.most = most;
  }
}

function longest(lasted) {
  let best = 0;
  for (let state = 1; state < STATE_COUNT; state++) if (lasted[state] > lasted[best]) best = state;
  return best;
}

function widen(at, room) {
  for (const name of Object.keys(at)) {
    if (name === 'count') continue;
    const grown = new at[name].constructor(room);
    grown.set(at[name]);
    at[name] = grown;
  }
}
