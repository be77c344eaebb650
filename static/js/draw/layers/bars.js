// Bars of who holds something: the GIL, a lock. Identity colours, because here the question is who.
import { gallop, upperBound } from '../../core/table.js';
import { widthOf } from '../text.js';

const TAG_FROM = 24, MARGIN = 1;

/** Draws holder bars at `y`, `h` high; `each(i, x0, x1)` is called for every bar that has a pixel of its own. */
export function drawBars(c, view, bars, y, h, each = () => {}) {
  const { trace, p } = view, paths = p.id.map(() => null), tags = [];
  const stop = Math.min(view.t1, view.until);
  for (let i = Math.max(0, upperBound(bars.start, bars.count, view.t0) - 1); i < bars.count && bars.start[i] < stop;) {
    const start = view.x(bars.start[i]), x0 = Math.max(-6, start), x1 = view.x(Math.min(bars.end[i], stop));
    if (x1 > 0) {
      const thread = trace.threads[bars.thread[i]], wide = Math.max(1.5, x1 - x0 - MARGIN), path = (paths[thread?.identity ?? 0] ??= new Path2D());
      if (wide >= 5) path.roundRect(x0, y, wide, h, 3); else path.rect(x0, y, wide, h);
      if (wide > TAG_FROM && thread) tags.push([thread.tag, Math.max(0, x0), Math.min(view.w, x0 + wide)]);
      each(i, start, x1);
    }
    // Of the bars that begin within one pixel only the last can go beyond it: they do not overlap.
    i = x1 - start >= 1 ? i + 1 : Math.max(i + 1, gallop(bars.start, bars.count, view.t0 + (Math.floor(Math.max(0, start)) + 1) / view.scale, i + 1) - 1);
  }
  paths.forEach((path, id) => { if (path) { c.fillStyle = p.id[id]; c.fill(path); } });
  c.fillStyle = p['id-ink'];
  c.font = `640 10px ${p.ui}`;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  for (const [tag, x0, x1] of tags) if (x1 - x0 > widthOf(c, tag) + 4) c.fillText(tag, (x0 + x1) / 2, y + h / 2 + 0.5);
}
