// Without a GIL: how many threads run at once, as steps.
import { paintKnown } from './gaps.js';
import { drawSteps } from './steps.js';
import { widthOf } from '../text.js';

export function drawCores(c, view) {
  const row = view.rows.find((each) => each.kind === 'cores');
  if (!row) return;
  const { trace, p } = view;
  trace.runningRange.grow();
  const most = Math.max(2, trace.running.count ? trace.runningRange.range(0, trace.running.count).most : 2), y0 = row.y + 6, y1 = row.y + row.h - 5;
  paintKnown(c, view, row, null, () => drawSteps(c, view, trace.running, trace.runningRange, 0, most, y0, y1));
  const text = `${most} at once`;
  c.font = `500 10.5px ${p.ui}`;
  c.textAlign = 'left';
  c.textBaseline = 'middle';
  c.fillStyle = p.panel;
  c.globalAlpha = 0.8;
  c.fillRect(3, y0 - 1, widthOf(c, text) + 6, 13);
  c.globalAlpha = 1;
  c.fillStyle = p['ink-2'];
  c.fillText(text, 6, y0 + 5.5);
}
