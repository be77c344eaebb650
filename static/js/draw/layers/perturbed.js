// Where recording itself slowed the program by more than a fifth: an amber line on top of the ruler that says so.
import { WAITING_GIL } from '../../core/states.js';
import { chip, widthOf } from '../text.js';

/** The slowed stretches in sight, with the words that fit: [{x0, x1, x, w, text}]; x and w are the words' middle and width. */
export function slowedIn(c, view) {
  c.font = `600 10px ${view.p.ui}`;
  return view.trace.perturbed.flatMap(({ from_ns, to_ns, factor }) => {
    const x0 = Math.max(0, view.x(from_ns)), x1 = Math.min(view.w, view.x(Math.min(to_ns, view.until)));
    if (x1 <= x0) return [];
    const text = [`recording slowed this part ${factor.toFixed(1)}x`, `slowed ${factor.toFixed(1)}x`].find((words) => widthOf(c, words) + 12 <= x1 - x0) ?? '', w = text ? widthOf(c, text) + 8 : 0;
    return [{ x0, x1, text, w, x: x0 + w / 2 }];
  });
}

export function drawPerturbed(c, view) {
  const { p } = view;
  for (const { x0, x1, text } of view.slowed) {
    c.fillStyle = p.mark[WAITING_GIL];
    c.fillRect(x0, 0, x1 - x0, 2);
    if (text) chip(c, p, text, x0, 2, p.soft[WAITING_GIL], p.text[WAITING_GIL], { h: 14, size: 10 });
  }
}
