// Locks: a bar for who holds it; under it a line in the colour of waiting while anybody waits.
import { BLOCKED } from '../../core/states.js';
import { drawBars } from './bars.js';
import { paintKnown } from './gaps.js';
import { drawCrowd } from './waiters.js';

export function drawLocks(c, view) {
  for (const row of view.rows) {
    if (row.shape !== 'owner') continue;
    const log = view.trace.logs.get(row.obj), y = row.y + 5, h = row.h - 12;
    if (!log) continue;
    paintKnown(c, view, row, log, () => {
      drawBars(c, view, log.holders, y, h);
      c.fillStyle = view.p.mark[BLOCKED];
      drawCrowd(view, log, (x0, x1) => c.fillRect(x0, y + h + 1.5, Math.max(1, x1 - x0), 2.5));
    });
  }
}
