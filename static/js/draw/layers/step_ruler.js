// The ground of a controlled run's picture, the numbers of its steps, and the playhead in its gap.

const DIGITS = 22;

/** Sunken behind the playhead; the line under the ruler, the line over the objects; the column under the pointer. */
export function drawStepGround(c, view) {
  const { p, w, h, g, playhead, X, wide, hover, lanesEnd, rows } = view;
  c.fillStyle = p.sunken;
  c.fillRect(Math.max(0, playhead), 0, w, h);
  if (hover >= 0) { c.fillStyle = p.hover; c.globalAlpha = 0.55; c.fillRect(X(hover), g.ruler, wide, h); c.globalAlpha = 1; }
  if (rows.some((row) => row.kind === 'object')) { c.fillStyle = p.line; c.fillRect(0, lanesEnd, w, 1); }
}

export function drawStepRuler(c, view) {
  const { p, w, g, X, wide, first, last, steps, cursor, playhead, end } = view;
  c.fillStyle = p.panel;
  c.fillRect(0, 0, Math.max(0, Math.min(w, playhead)), g.ruler - 1);
  c.fillStyle = p.sunken;
  c.fillRect(Math.max(0, playhead), 0, w, g.ruler - 1);
  c.fillStyle = p.line;
  c.fillRect(0, g.ruler - 1, w, 1);
  const every = [1, 2, 5, 10, 20, 50, 100].find((each) => each * wide >= DIGITS + String(last).length * 4) ?? 200;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  for (let column = first; column <= last; column++) {
    if (end && column === steps.count) { c.font = `500 11px ${p.ui}`; c.fillStyle = cursor === steps.count ? p.ink : p['ink-3']; c.fillText('end', X(column) + wide / 2, g.ruler / 2); continue; }
    const now = column === cursor - 1;
    if (!now && (column + 1) % every) continue;
    if (!now && Math.abs(column - (cursor - 1)) * wide < DIGITS && every > 1) continue;
    c.font = `${now ? 640 : 500} 11px ${p.code}`;
    c.fillStyle = now ? p.ink : p['ink-3'];
    c.fillText(String(column + 1), X(column) + wide / 2, g.ruler / 2);
  }
}

export function drawPlayhead(c, view) {
  const { p, h, g } = view, x = Math.round(view.playhead);
  c.fillStyle = p.ink;
  c.fillRect(x - 1, 0, 2, h);
  c.beginPath();
  c.arc(x, g.ruler / 2, g.knob, 0, 7);
  c.fill();
  c.fillStyle = p.panel;
  c.beginPath();
  c.arc(x, g.ruler / 2, 2.2, 0, 7);
  c.fill();
}
