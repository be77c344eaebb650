// Where now is: the live edge in ink, the playhead in blue (it can be moved), each with its time on the ruler.
import { duration } from '../../core/words.js';
import { chip, widthOf } from '../text.js';

/** The chips that the ruler must leave room for: [{x, w, text, ground, ink}]. */
export function chipsOf(c, view) {
  const { p } = view, found = [];
  const add = (t, ground, ink) => {
    const x = view.x(t);
    if (x < -1 || x > view.w + 1) return;
    c.font = `600 10.5px ${p.ui}`;
    const text = duration(t), w = Math.max(54, widthOf(c, text) + 8);
    found.push({ x: Math.max(w / 2 + 2, Math.min(x, view.w - w / 2 - 2)), w, text, ground, ink });
  };
  if (view.live) add(view.until, p.ink, p.panel);
  if (view.playhead !== null) add(view.playhead, p.accent, p['accent-ink']);
  return found;
}

/** Lines down through the rows. */
export function drawEdges(c, view) {
  const { p, g, h, w } = view, edge = view.x(view.until);
  if (edge < w) {
    c.fillStyle = p.panel;
    c.globalAlpha = 0.55;
    c.fillRect(Math.max(0, edge + 1), g.ruler, w, h);
    c.globalAlpha = 1;
  }
  if (edge <= w + 1 && edge >= 0) {
    c.fillStyle = view.live ? p.ink : p['line-3'];
    c.fillRect(Math.round(edge) - (view.live ? 0.75 : 0), g.ruler - 5, view.live ? 1.5 : 1, h);
  }
  if (view.playhead !== null) {
    c.fillStyle = p.accent;
    c.fillRect(view.x(view.playhead) - 0.75, g.ruler - 5, 1.5, h);
  }
}

/** Their times, on the ruler. */
export function drawChips(c, view) {
  for (const each of view.chips) chip(c, view.p, each.text, each.x, view.g.ruler / 2 - 9.5, each.ground, each.ink, { h: 17, min: 54, middle: true, room: view.w });
}
