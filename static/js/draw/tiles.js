// The patterns of the states as repeating tiles, one set for each palette and pixel density.
import { BLOCKED, IO, SLEEPING, WAITING_GIL } from '../core/states.js';

export const DEAD = 11;
const made = new Map();

/** The CanvasPattern of a state (or DEAD), in its mark colour, or null if the state has none. */
export function tileOf(c, p, state, dpr) {
  const key = `${p.key}|${state}|${dpr}`;
  if (made.has(key)) return made.get(key);
  if (made.size > 60) made.clear();
  const spec = TILES[state], tile = spec ? make(c, spec, p.mark[state === DEAD ? BLOCKED : state], dpr) : null;
  made.set(key, tile);
  return tile;
}

/** Forget all tiles: the colours behind a palette key have changed. */
export const forgetTiles = () => made.clear();

const hatch = (wide, step) => (c) => {
  c.lineWidth = wide;
  c.beginPath();
  for (let i = -step; i <= step; i += step) { c.moveTo(i - 1, step + 1); c.lineTo(i + step + 1, -1); }
  c.stroke();
};
const cross = (wide, step) => (c) => {
  hatch(wide, step)(c);
  c.beginPath();
  for (let i = -step; i <= step; i += step) { c.moveTo(i - 1, -1); c.lineTo(i + step + 1, step + 1); }
  c.stroke();
};
const dots = (c) => {
  for (const [x, y] of [[3, 4], [0, 10], [6, 10]]) { c.beginPath(); c.arc(x, y, 1.05, 0, 7); c.fill(); }
};
const waves = (c) => {
  c.lineWidth = 1.4;
  c.beginPath();
  for (let x = -2; x <= 12; x += 0.5) c.lineTo(x, 3.5 + Math.sin((x / 10) * Math.PI * 2) * 1.8);
  c.stroke();
};
const TILES = {
  [WAITING_GIL]: { w: 6, h: 6, draw: hatch(1.5, 6) }, [BLOCKED]: { w: 7, h: 7, draw: cross(1, 7) }, [DEAD]: { w: 7, h: 7, draw: cross(1.5, 7) },
  [SLEEPING]: { w: 6, h: 12, draw: dots }, [IO]: { w: 10, h: 6, draw: waves },
};

/** Tiles repeat at whole device pixels only: as many periods go into one tile as that takes. */
function make(c, { w, h, draw }, colour, dpr) {
  let times = 1;
  while (times < 16 && (Math.abs((w * times * dpr) % 1) > 1e-6 || Math.abs((h * times * dpr) % 1) > 1e-6)) times++;
  const canvas = new OffscreenCanvas(Math.round(w * times * dpr), Math.round(h * times * dpr)), t = canvas.getContext('2d');
  t.scale(canvas.width / (w * times), canvas.height / (h * times));
  t.strokeStyle = t.fillStyle = colour;
  for (let x = 0; x < times; x++) for (let y = 0; y < times; y++) {
    t.save();
    t.beginPath();
    t.rect(x * w, y * h, w, h);
    t.clip();
    t.translate(x * w, y * h);
    draw(t);
    t.restore();
  }
  const pattern = c.createPattern(canvas, 'repeat');
  pattern.setTransform(new DOMMatrix().scale((w * times) / canvas.width, (h * times) / canvas.height));
  return pattern;
}
