// Where rows lie: heights by width of the page, and the list of rows of a trace. All in CSS pixels; y counts from the top of the ruler.
import { stemOf } from '../core/tags.js';

export const WIDE = { ruler: 26, pitch: 34, span: 22, gil: 30, level: 46, owner: 28, waiters: 28, gap: 8, group: 34 };
export const PHONE = { ruler: 24, pitch: 46, span: 28, gil: 34, level: 56, owner: 34, waiters: 34, gap: 10, group: 46 };
export const PROJECTOR = { ...WIDE, pitch: 44, span: 30 };
export const MOST_LANES = 64;
const GROUP_MOST = 132, GROUP_LANE = 3;

/**
 * Rows from the top: {kind: lane | group | gil | cores | object, id | members | obj, shape, y, h}. More than 64 threads are grouped by the
 * stem of their names; `open` holds the stems that are shown in full.
 */
export function rowsOf(trace, g, open) {
  const rows = [];
  let y = g.ruler;
  const add = (row, h) => { rows.push({ ...row, y, h }); y += h; };
  for (const [stem, members] of teams(trace)) {
    if (members.length === 1) { add({ kind: 'lane', id: members[0], stem: '' }, g.pitch); continue; }
    if (stem !== null) add({ kind: 'group', stem, members, open: open.has(stem) }, open.has(stem) ? g.group : Math.max(g.group, Math.min(GROUP_MOST, members.length * GROUP_LANE + 12)));
    if (stem === null || open.has(stem)) for (const id of members) add({ kind: 'lane', id, stem: stem ?? '' }, g.pitch);
  }
  const lanesEnd = y;
  y += 2;
  if (trace.threads.length) {
    if (!trace.gil) add({ kind: 'cores' }, g.level - 8);
    else if (trace.gilSpans.count) add({ kind: 'gil' }, g.gil);
  }
  let ground = null;
  if (trace.shown.length) {
    y += g.gap;
    ground = y - g.gap / 2 - 1;
    for (const obj of trace.shown) { const { shape } = trace.objects.get(obj); add({ kind: 'object', obj, shape }, g[shape] ?? g.waiters); }
  }
  return { rows, height: y + 6, ground, lanesEnd };
}

/** [stem | null, thread ids]: null is "all, each in its own lane". */
function teams(trace) {
  const ids = trace.threads.filter(Boolean).map((thread) => thread.id);
  if (ids.length <= MOST_LANES) return ids.length ? [[null, ids]] : [];
  const found = new Map();
  for (const id of ids) {
    const stem = id === 0 ? '\u0000main' : stemOf(trace.threads[id].name);
    if (!found.has(stem)) found.set(stem, []);
    found.get(stem).push(id);
  }
  return [...found];
}

/** The rows that show between the scrolled top and bottom, with y on the canvas. */
export function visibleRows(rows, top, height) {
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle].y + rows[middle].h <= top) low = middle + 1; else high = middle;
  }
  const found = [];
  for (; low < rows.length && rows[low].y < top + height; low++) found.push({ ...rows[low], y: rows[low].y - top });
  return found;
}
