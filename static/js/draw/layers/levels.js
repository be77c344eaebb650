// Queues and semaphores: how much is in them, as steps, with a dashed line where there is no more room.
import { BLOCKED } from '../../core/states.js';
import { paintKnown } from './gaps.js';
import { drawSteps } from './steps.js';
import { widthOf } from '../text.js';

export function drawLevels(c, view) {
  for (const row of view.rows) if (row.shape === 'level') drawLevel(c, view, row);
}

function drawLevel(c, view, row) {
  const { trace, p } = view, log = trace.logs.get(row.obj), info = trace.objects.get(row.obj);
  if (!log) return;
  const semaphore = /Semaphore$/.test(info.primitive), right = Math.min(view.w, view.x(view.until));
  log.range.grow();
  const seen = log.levels.count ? log.range.range(0, log.levels.count).most : 0, most = Math.max(1, info.capacity, seen);
  const y0 = row.y + 9, y1 = row.y + row.h - 6, Y = (value) => y1 - (value / most) * (y1 - y0);
  paintKnown(c, view, row, log, () => drawSteps(c, view, log.levels, log.range, semaphore ? info.capacity : 0, most, y0, y1));
  if (most <= 8) {
    c.fillStyle = p.line;
    for (let value = 1; value < most; value++) c.fillRect(0, Math.round(Y(value)), Math.max(0, right), 1);
  }
  const limit = info.capacity || (semaphore ? 0 : null);
  if (limit && right > 0) {
    c.save();
    c.setLineDash([3, 3]);
    c.lineWidth = 1;
    c.strokeStyle = semaphore ? p['line-3'] : p.mark[BLOCKED];
    c.beginPath();
    c.moveTo(0, Math.round(Y(limit)) + 0.5);
    c.lineTo(right, Math.round(Y(limit)) + 0.5);
    c.stroke();
    c.restore();
  }
  const text = semaphore ? `${info.capacity} free` : info.capacity ? `${info.capacity} full` : `most ${seen}`;
  c.font = `500 10.5px ${p.ui}`;
  c.textAlign = 'left';
  c.textBaseline = 'middle';
  const top = limit ? Y(limit) + 3 : y0 - 3;
  c.fillStyle = p.sunken;
  c.globalAlpha = 0.86;
  c.fillRect(3, top, widthOf(c, text) + 6, 13);
  c.globalAlpha = 1;
  c.fillStyle = semaphore || !info.capacity ? p['ink-2'] : p.text[BLOCKED];
  c.fillText(text, 6, top + 7);
}
