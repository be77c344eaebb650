// Before anything ran: three dotted lanes and what to do.
import { NEW } from '../../core/states.js';
import { drawSpan } from '../patterns.js';

export function drawEmpty(c, view, words) {
  const { p, w, g } = view, y0 = g.ruler;
  for (let i = 0; i < 3; i++) drawSpan(c, p, NEW, 0, y0 + i * g.pitch + (g.pitch - g.span) / 2, w, g.span, { dpr: view.dpr });
  c.font = `500 12.5px ${p.ui}`;
  const wide = c.measureText(words).width;
  c.fillStyle = p.panel;
  c.fillRect(w / 2 - wide / 2 - 10, y0 + 1.5 * g.pitch - 12, wide + 20, 24);
  c.fillStyle = p['ink-2'];
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(words, w / 2, y0 + 1.5 * g.pitch + 0.5);
}
