// Wake-ups: an arrow from the waker's lane, when it let go, to the woken lane, when its wait was over.
import { lowerBound } from '../../core/table.js';

const CLOSEST = 8;
const shown = [];

/** Draws the arrows in the window; where they would be too close only those of the selected span stay. */
export function drawArrows(c, view) {
  const { arrows } = view.trace;
  const first = lowerBound(arrows.t, arrows.count, view.t0), last = lowerBound(arrows.t, arrows.count, Math.min(view.t1, view.until) + 1);
  const crowded = last - first > view.w / 3 || median(view, arrows, first, last) < CLOSEST;
  for (let i = first; i < last; i++) {
    const picked = view.picked.has(arrows.seq[i]);
    if (picked || !crowded) draw(c, view, i, picked);
    else if (!view.picked.size) break;
  }
}

function draw(c, view, i, picked) {
  const { arrows } = view.trace, from = view.laneY.get(arrows.from[i]), to = view.laneY.get(arrows.to[i]);
  if (from === undefined || to === undefined || from === to) return;
  const down = to > from, off = (view.g.pitch - view.g.span) / 2, low = off + view.g.span;
  arrow(c, view.p, view.x(arrows.since[i]), from + (down ? low : off), view.x(arrows.t[i]), to + (down ? off : low), picked);
}

/** One arrow with its halo; straight up to 30 px, else bowed to the right. */
export function arrow(c, p, x0, y0, x1, y1, strong) {
  const way = Math.sign(y1 - y0), length = Math.hypot(x1 - x0, y1 - y0), bend = Math.abs(y1 - y0) < 30 ? 0 : Math.min(9, length * 0.12);
  const end = y1 - way * 5.5;
  const path = () => {
    c.beginPath();
    c.moveTo(x0, y0);
    c.bezierCurveTo(x0 + (x1 - x0) * 0.25 + bend, y0 + (end - y0) * 0.25, x1 + bend, y0 + (end - y0) * 0.7, x1, end);
  };
  c.save();
  c.lineCap = 'round';
  c.strokeStyle = p.panel;
  c.lineWidth = 4;
  path();
  c.stroke();
  c.strokeStyle = c.fillStyle = strong ? p.ink : p['ink-2'];
  c.lineWidth = strong ? 1.75 : 1.25;
  path();
  c.stroke();
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x1 - 3.2, end - way * 0.2);
  c.lineTo(x1 + 3.2, end - way * 0.2);
  c.closePath();
  c.fill();
  c.beginPath();
  c.arc(x0, y0, 1.8, 0, 7);
  c.fill();
  c.restore();
}

function median(view, arrows, first, last) {
  if (last - first < 3 || last - first > view.w / 3) return Infinity;
  shown.length = 0;
  for (let i = first + 1; i < last; i++) shown.push((arrows.t[i] - arrows.t[i - 1]) * view.scale);
  shown.sort((a, b) => a - b);
  return shown[shown.length >> 1];
}
