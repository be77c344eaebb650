// The span under the pointer, and the selected one: a ring in ink around it.

export function drawOutlines(c, view) {
  for (const [mark, wide] of [[view.hovered, 1.5], [view.selected, 2]]) {
    if (!mark) continue;
    const y = view.laneY.get(mark.thread);
    if (y === undefined) continue;
    const top = y + (view.g.pitch - view.g.span) / 2, x0 = view.x(mark.start), x1 = Math.max(x0 + 1.5, view.x(Math.min(mark.end, view.until)) - 0.75);
    if (x1 < 0 || x0 > view.w) continue;
    c.strokeStyle = view.p.ink;
    c.lineWidth = wide;
    c.beginPath();
    c.roundRect(x0 - 1.75, top - 2.25, x1 - x0 + 3.5, view.g.span + 4.5, 4.5);
    c.stroke();
  }
}
