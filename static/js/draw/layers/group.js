// A team too large for lanes of its own: its members as thin lines in one row; waits and crashes are painted last, so they win a shared pixel.
import { DONE, KILLED, NEW, PAINT_ORDER } from '../../core/states.js';
import { Runs, runsOf } from '../../core/runs.js';

const runs = new Runs(), QUIET = new Set([NEW, DONE, KILLED]);

export function drawGroups(c, view) {
  for (const row of view.rows) if (row.kind === 'group' && !row.open) drawGroup(c, view, row);
}

function drawGroup(c, view, row) {
  const { trace, p } = view, pad = 6, high = row.h - 2 * pad, pitch = high / row.members.length, thick = Math.max(1, pitch - (pitch >= 3 ? 1 : 0));
  const paths = PAINT_ORDER.map(() => new Path2D()), place = new Map(PAINT_ORDER.map((state, i) => [state, i]));
  row.members.forEach((thread, i) => {
    const lane = trace.lanes[thread];
    if (!lane?.spans.count) return;
    runsOf(lane, view.t0, view.t1, view.w, view.until, runs);
    const y = row.y + pad + i * pitch, seen = lane.cuts.length ? lane.seen(view.t0, view.t1, trace).map(([from, to]) => [view.x(from), view.x(to)]) : [[-Infinity, Infinity]];
    for (let k = 0; k < runs.count; k++) {
      for (const [from, to] of seen) {
        const x0 = Math.max(from, runs.x0[k]), x1 = Math.min(to, Math.max(runs.x0[k] + 1, runs.x1[k]));
        if (x1 > x0) paths[place.get(runs.state[k]) ?? 0].rect(x0, y, x1 - x0, thick);
      }
    }
  });
  PAINT_ORDER.forEach((state, i) => { c.fillStyle = p.mark[state]; c.globalAlpha = QUIET.has(state) ? 0.28 : 1; c.fill(paths[i]); });
  c.globalAlpha = 1;
}
