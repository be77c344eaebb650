// The GIL's row: who has the interpreter. An amber wedge marks a forced hand-off; a gap means that nobody wanted it.
import { drawBars } from './bars.js';
import { paintKnown } from './gaps.js';
import { WAITING_GIL } from '../../core/states.js';

export function drawGil(c, view) {
  const row = view.rows.find((each) => each.kind === 'gil');
  if (!row) return;
  const { trace, p } = view, y = row.y + 6, h = row.h - 12, wedges = [];
  paintKnown(c, view, row, null, () => drawBars(c, view, trace.gilSpans, y, h, (i, x0) => { if (x0 > 0 && trace.holder.forced(i, trace)) wedges.push(x0); }));
  c.fillStyle = p.mark[WAITING_GIL];
  c.beginPath();
  let last = -Infinity;
  for (const x of wedges) {
    if (x - last < 5) continue;
    last = x;
    c.moveTo(x - 0.5, y - 0.5);
    c.lineTo(x - 4, y - 5.5);
    c.lineTo(x + 3, y - 5.5);
    c.closePath();
  }
  c.fill();
}
