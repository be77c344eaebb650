// Where things lie in the picture of a controlled run: equal columns for steps with a gap at the playhead, rows for threads and objects.

export const WIDE_STEPS = { ruler: 30, pitch: 42, span: 28, clock: 30, owner: 28, level: 46, waiters: 28, gap: 6, playhead: 26, knob: 6, readable: 62, least: 5, most: 132 };
export const PHONE_STEPS = { ruler: 28, pitch: 52, span: 34, clock: 34, owner: 32, level: 56, waiters: 34, gap: 6, playhead: 14, knob: 5, readable: 29, least: 5, most: 90 };
export const MARGIN = 8, EDGE = 1.5;

/** Rows from the top, as the free timeline has them: {kind: lane | clock | object, id | obj, shape, y, h}. */
export function stepRowsOf(trace, steps, g) {
  const rows = [];
  let y = g.ruler;
  const add = (row, h) => { rows.push({ ...row, y, h }); y += h; };
  for (const thread of trace.threads) if (thread) add({ kind: 'lane', id: thread.id, stem: '' }, g.pitch);
  if (steps.rows.some((row) => row.chosen === -1)) add({ kind: 'clock' }, g.clock);
  const lanesEnd = y;
  if (trace.shown.length) y += g.gap;
  for (const obj of trace.shown) { const { shape } = trace.objects.get(obj); add({ kind: 'object', obj, shape }, g[shape] ?? g.waiters); }
  return { rows, height: y + 8, lanesEnd };
}

/** Width of a column so that all are in sight, as long as words can still be read in them. */
export function fittingWidth(columns, width, g) {
  const all = (width - 2 * MARGIN - g.playhead) / Math.max(1, columns);
  return Math.max(g.readable, Math.min(g.most, all));
}

/** How wide everything is. */
export const totalWidth = (columns, wide, g) => 2 * MARGIN + g.playhead + columns * wide;

/**
 * Left edge of column `c` (from 0, as if nothing were scrolled) while `position` steps are done. Position may lie between two numbers:
 * the gap is then on its way.
 */
export function columnLeft(c, position, wide, g) {
  return MARGIN + c * wide + g.playhead * Math.min(1, Math.max(0, c - (position - 1)));
}

/** Where the playhead stands. */
export const playheadAt = (position, wide, g) => MARGIN + position * wide + g.playhead / 2;

/** The column under x (unscrolled), or -1 in the gap. */
export function columnAt(x, position, wide, g, columns) {
  const left = Math.floor((x - MARGIN) / wide), at = x < playheadAt(position, wide, g) ? left : Math.floor((x - MARGIN - g.playhead) / wide);
  if (at < 0 || at >= columns) return -1;
  const start = columnLeft(at, position, wide, g);
  return x >= start && x < start + wide ? at : -1;
}
