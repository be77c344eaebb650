// Time on the page: the live edge that grows as a clock does, and the playhead that looks back on the same trace.

const DELAY_NS = 60e6;

/** Where "now" is in a live run. It follows the earliest clock that any message vouched for, a little late, so that lanes grow evenly
 * and never run ahead of a healthy connection; while the link is down it stops at what was received. */
export class LiveEdge {
  constructor() {
    this.reset();
  }

  reset() {
    this.origin = Infinity;
    this.last = 0;
  }

  /** A message said the run had come to `until` ns when the page's clock read `nowMs`. */
  observe(until, nowMs) {
    this.origin = Math.min(this.origin, nowMs * 1e6 - until);
  }

  /** The edge at `nowMs`; it never goes back. */
  at(nowMs, until, connected = true) {
    const clock = this.origin === Infinity ? 0 : nowMs * 1e6 - this.origin - DELAY_NS;
    const edge = connected ? Math.max(clock, 0) : Math.min(Math.max(clock, this.last), until);
    this.last = Math.max(this.last, edge);
    return this.last;
  }
}

/** The time that panels show: the playhead, or the end of what is known. */
export const momentOf = (playhead, edge) => (playhead === null || playhead === undefined ? edge : Math.min(playhead, edge));

/** Row of the next (direction 1) or previous (-1) event for which `wanted(row)` holds, from `row` on, or -1. */
export function stepRow(count, row, direction, wanted) {
  for (let i = row + direction; i >= 0 && i < count; i += direction) if (wanted(i)) return i;
  return -1;
}
