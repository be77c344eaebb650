// The ruler: ticks, their times, and grid lines down through the rows.
import { ticks } from '../../core/timescale.js';
import { widthOf } from '../text.js';

/** Grid lines, under everything. */
export function drawGrid(c, view) {
  const { p, g, w, h } = view;
  c.fillStyle = p.line;
  for (const { t } of view.ticks ??= ticks(view.t0, view.t1, w)) c.fillRect(Math.round(view.x(t)), g.ruler - 5, 1, h);
}

/** The ruler itself, over the rows that scroll beneath it. */
export function drawRuler(c, view) {
  const { p, g, w } = view;
  c.fillStyle = p.panel;
  c.fillRect(0, 0, w, g.ruler);
  c.fillStyle = p.line;
  c.fillRect(0, g.ruler - 1, w, 1);
  c.font = `500 11px ${p.code}`;
  c.textBaseline = 'middle';
  c.textAlign = 'center';
  const taken = [...view.chips, ...view.slowed].map(({ x, w: wide }) => [x - wide / 2 - 4, x + wide / 2 + 4]);
  let first = true;
  for (const { t, text: number, unit, named } of view.ticks) {
    const text = first || named ? `${number} ${unit}` : number;
    const x = Math.round(view.x(t)) + 0.5, half = widthOf(c, text) / 2;
    c.fillStyle = p.line;
    c.fillRect(x - 0.5, g.ruler - 5, 1, 5);
    if (x < half + 2 || x > w - half - 2 || taken.some(([low, high]) => x + half > low && x - half < high)) continue;
    c.fillStyle = p['ink-3'];
    c.fillText(text, x, g.ruler / 2 - 1);
    first = false;
  }
}
