// A number that moves in steps: the area under it, exact while steps have pixels, else the least and most in each pixel.
import { lowerBound, upperBound } from '../../core/table.js';

/** Draws `steps` {at[], value[], count} (with its RangePyramid) between y0 (top, value `most`) and y1 (bottom, 0). */
export function drawSteps(c, view, steps, pyramid, before, most, y0, y1) {
  const { p } = view, right = Math.min(view.w, view.x(view.until)), Y = (value) => y1 - (Math.min(value, most) / most) * (y1 - y0);
  const first = upperBound(steps.at, steps.count, view.t0), last = lowerBound(steps.at, steps.count, Math.min(view.t1, view.until));
  let value = first > 0 ? steps.value[first - 1] : before;
  if (right <= 0) return;
  const line = new Path2D(), left = Math.max(0, first > 0 ? 0 : view.x(0));
  line.moveTo(left, Y(value));
  if (last - first <= view.w * 2) {
    for (let i = first; i < last; i++) {
      const x = view.x(steps.at[i]);
      line.lineTo(x, Y(value));
      value = steps.value[i];
      line.lineTo(x, Y(value));
    }
  } else {
    pyramid.grow();
    for (let x = 0, i = first; x < right && i < last; x++) {
      const next = lowerBound(steps.at, last, view.t0 + (x + 1) / view.scale, i);
      if (next > i) {
        const { least, most: top } = pyramid.range(i, next);
        line.lineTo(x, Y(least));
        line.lineTo(x + 0.5, Y(top));
        line.lineTo(x + 1, Y(steps.value[next - 1]));
      }
      i = next;
    }
    value = last > 0 ? steps.value[last - 1] : value;
  }
  line.lineTo(right, Y(value));
  const area = new Path2D(line);
  area.lineTo(right, y1);
  area.lineTo(left, y1);
  area.closePath();
  c.fillStyle = p['line-2'];
  c.globalAlpha = 0.55;
  c.fill(area);
  c.globalAlpha = 1;
  c.strokeStyle = p['ink-2'];
  c.lineWidth = 1.5;
  c.lineJoin = 'miter';
  c.stroke(line);
  c.fillStyle = p['ink-2'];
  c.fillRect(left, y1 - 0.75, right - left, 1.5);
}
