// Who waits for something: a line while anybody does, and a chip that names them.
import { BLOCKED } from '../../core/states.js';
import { gallop, upperBound } from '../../core/table.js';
import { paintKnown } from './gaps.js';
import { chip, widthOf } from '../text.js';

const MOST_NAMES = 3;

/** Calls each(x0, x1, waiters, from) for the stretches of the window in which somebody waits; a short one is a pixel wide. */
export function drawCrowd(view, log, each) {
  const { waiting } = log, stop = Math.min(view.t1, view.until);
  let open = null, count = 0, from = 0;
  for (let i = Math.max(0, upperBound(waiting.at, waiting.count, view.t0) - 1); i < waiting.count && waiting.at[i] < stop;) {
    const x = view.x(waiting.at[i]), value = waiting.value[i];
    if (value > 0 && open === null) { open = Math.max(-4, x); from = waiting.at[i]; }
    if (value === 0 && open !== null) { if (x > 0) each(open, Math.max(x, open + 1), count, from); open = null; }
    count = value;
    const near = i + 1 < waiting.count && (waiting.at[i + 1] - waiting.at[i]) * view.scale < 0.1;
    i = near ? Math.max(i + 1, gallop(waiting.at, waiting.count, waiting.at[i] + 0.5 / view.scale, i + 1) - 1) : i + 1;
  }
  if (open !== null && count > 0) each(open, Math.min(view.w + 4, view.x(stop)), count, from);
}

/** Rows of conditions, events, barriers and futures. */
export function drawWaiters(c, view) {
  for (const row of view.rows) {
    if (row.shape !== 'waiters') continue;
    const { trace } = view, log = trace.logs.get(row.obj), info = trace.objects.get(row.obj), y = row.y + row.h / 2;
    if (log) paintKnown(c, view, row, log, () => drawRow(c, view, row, log, info, y));
  }
}

function drawRow(c, view, row, log, info, y) {
  const { trace, p } = view;
  if (info.primitive === 'Event') drawFlag(c, view, log, y);
  c.fillStyle = p.mark[BLOCKED];
  const chips = [];
  let free = -Infinity;
  drawCrowd(view, log, (x0, x1, count, from) => {
    c.fillRect(x0, y - 1.25, Math.max(1.5, x1 - x0), 2.5);
    if (x1 - x0 > 40 && x0 > free) { chips.push([x0, x1, from]); free = x0 + 40; }
  });
  for (const [x0, x1, from] of chips) {
    const text = words(trace, row.obj, info, Math.max(from, view.t0));
    c.font = `600 10.5px ${p.ui}`;
    if (widthOf(c, text) + 20 < x1 - Math.max(0, x0)) chip(c, p, text, Math.max(8, x0 + 8), y - 8, p.soft[BLOCKED], p.text[BLOCKED]);
  }
}

function words(trace, obj, info, t) {
  const { waiters, value } = trace.objectAt(obj, t), names = waiters.map((thread) => trace.threads[thread]?.tag ?? '?');
  if (info.primitive === 'Barrier' && value) return `${names.slice(0, MOST_NAMES).join(', ')} ${names.length === 1 ? 'waits' : 'wait'}, ${value} of ${info.capacity || '?'}`;
  if (names.length > MOST_NAMES) return `${names.length} wait`;
  return `${names.join(', ')} ${names.length === 1 ? 'waits' : 'wait'}`;
}

/** While an Event is set: a quiet line in ink. */
function drawFlag(c, view, log, y) {
  const { levels } = log, { p } = view, stop = Math.min(view.t1, view.until);
  c.fillStyle = p['ink-2'];
  for (let i = Math.max(0, upperBound(levels.at, levels.count, view.t0) - 1); i < levels.count && levels.at[i] < stop; i++) {
    if (!levels.value[i]) continue;
    const x0 = view.x(levels.at[i]), x1 = view.x(Math.min(stop, i + 1 < levels.count ? levels.at[i + 1] : Infinity));
    c.fillRect(x0, y - 0.75, Math.max(1.5, x1 - x0), 1.5);
    c.fillRect(x0, y - 5, 1.5, 10);
    c.font = `500 10.5px ${p.ui}`;
    if (x1 - x0 > 40) { c.textAlign = 'left'; c.textBaseline = 'middle'; c.fillText('set', Math.max(4, x0 + 6), y - 8); }
  }
}
