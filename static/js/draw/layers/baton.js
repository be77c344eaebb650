// The baton: one strand from whoever made a step to whoever makes the next. It is the product's mark.
import { RUNNING } from '../../core/states.js';

const CLOCK = -1, THICK = 2.5, HALO = 5;

export function drawBaton(c, view, ghost) {
  const { steps, p, X, wide, first, last, cursor, laneY, g, clockY } = view;
  const middle = (thread) => (thread === CLOCK ? clockY === null ? null : clockY + 9 : laneY.has(thread) ? laneY.get(thread) + g.span / 2 : null);
  const strand = new Path2D();
  for (let column = Math.max(0, first - 1); column < Math.min(last + 1, steps.count - 1); column++) {
    const crossing = column + 1 === cursor;
    if (ghost ? column + 1 < cursor : column >= cursor) continue;
    const from = steps.chosenAt(column), to = steps.chosenAt(column + 1);
    if (from === to && !crossing) continue;
    const y0 = middle(from), y1 = middle(to);
    if (y0 === null || y1 === null) continue;
    const inset = Math.min(6, wide / 3), x0 = X(column) + wide - inset, x1 = X(column + 1) + inset;
    strand.moveTo(x0, y0);
    strand.bezierCurveTo((x0 + x1) / 2 + 4, y0, (x0 + x1) / 2 - 4, y1, x1, y1);
  }
  c.save();
  if (!ghost) { c.strokeStyle = p.panel; c.lineWidth = HALO; c.stroke(strand); }
  c.strokeStyle = p.mark[RUNNING];
  c.lineWidth = THICK;
  if (ghost) { c.globalAlpha = 0.55; c.setLineDash([4, 3]); }
  c.stroke(strand);
  c.restore();
}
