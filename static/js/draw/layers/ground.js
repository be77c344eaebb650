// What lies under the rows: the objects' sunken ground, and the pale stretch after the live edge.

export function drawGround(c, view) {
  const { p, w, h } = view, top = view.groundY;
  if (top === null || top > h) return;
  c.fillStyle = p.sunken;
  c.fillRect(0, top, w, h - top);
  c.fillStyle = p.line;
  c.fillRect(0, top, w, 1);
}
