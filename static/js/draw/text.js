// Words on the canvas: widths are measured once, chips have one look.

const widths = new Map();

/** Width of a text in the context's present font. */
export function widthOf(c, text) {
  const key = `${c.font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 4000) widths.clear();
    widths.set(key, (width = c.measureText(text).width));
  }
  return width;
}

/** A small filled label with its text in the middle; returns its width. */
export function chip(c, p, text, x, y, ground, ink, { size = 10.5, h = 16, min = 0, middle = false, room = Infinity } = {}) {
  c.font = `600 ${size}px ${p.ui}`;
  const w = Math.max(min, widthOf(c, text) + 8);
  let left = middle ? x - w / 2 : x;
  left = Math.max(2, Math.min(left, room - w - 2));
  c.fillStyle = ground;
  c.beginPath();
  c.roundRect(left, y, w, h, 3.5);
  c.fill();
  c.fillStyle = ink;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(text, left + w / 2, y + h / 2 + 0.5);
  return w;
}
