// Reads the canvas back: which state do the pixels of a lane show at a time? For tests that compare the picture with the trace.
import { BLOCKED, CRASHED, DONE, IO, NEW, READY, RUNNING, SLEEPING, STATE_KEYS, WAITING_GIL } from '../../core/states.js';

const NEAR = 42, AROUND = 3;
const PATTERNED = [WAITING_GIL, BLOCKED, SLEEPING, IO, CRASHED];

/** {r, g, b} of a token's colour, as the canvas paints it. */
function painted(colour) {
  const c = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  c.fillStyle = colour;
  c.fillRect(0, 0, 1, 1);
  return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/**
 * The state's key ('running', 'gil', 'blocked' ...) that the pixels around (x, top..top + height) show, or null where an arrow, a label
 * or a line covers it or nothing is drawn. `x` and `top` are CSS pixels of the canvas.
 */
export function stateAtPixel(canvas, p, x, top, height, dpr) {
  const left = Math.max(0, Math.floor((x - 0.5) * dpr)), wide = Math.max(1, Math.round(dpr)), y0 = Math.max(0, Math.round((top + 1) * dpr)), high = Math.round((height - 2) * dpr);
  if (left + wide > canvas.width || y0 + high > canvas.height || high <= 0) return null;
  const c = canvas.getContext('2d');
  const narrow = classify(c.getImageData(left, y0, wide, high), p);
  if (narrow) return narrow;
  const from = Math.max(0, left - AROUND * wide);
  return classify(c.getImageData(from, y0, Math.min(canvas.width - from, (2 * AROUND + 1) * wide), high), p);
}

/** Votes: every pixel goes to the state whose mark or soft ground it is nearest to; blends lie between the two. */
function classify(image, p) {
  const { data, width, height } = image, panel = painted(p.panel), sunken = painted(p.sunken), line = painted(p.line), inks = [painted(p.ink), painted(p['ink-2'])];
  const marks = p.mark.map(painted), softs = p.soft.map(painted);
  const votes = new Map(), add = (state, weight = 1) => votes.set(state, (votes.get(state) ?? 0) + weight);
  let ground = 0, covered = 0, inked = 0, middle = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] / 255, pixel = [0, 1, 2].map((k) => data[i + k] * alpha + panel[k] * (1 - alpha)), row = Math.floor(i / 4 / width);
    if (far(pixel, sunken) < 2) { covered++; continue; }
    if (far(pixel, line) < 6) { ground++; continue; }
    if ((alpha === 1 && far(pixel, panel) < 2) || inks.some((ink) => far(pixel, ink) < 12)) inked++;
    let best = null, near = NEAR;
    for (const state of [RUNNING, ...PATTERNED]) {
      const d = Math.min(far(pixel, marks[state]), state === RUNNING ? Infinity : toSegment(pixel, softs[state], marks[state]));
      if (d < near) { near = d; best = state; }
    }
    const thin = [NEW, DONE, READY].find((state) => far(pixel, marks[state]) < 30);
    if (far(pixel, panel) < 10) ground++;
    else if (thin !== undefined && Math.abs(row - height / 2) < height * 0.25 && far(pixel, marks[thin]) <= near) middle.set(thin, (middle.get(thin) ?? 0) + 1);
    else if (best !== null) add(best);
  }
  const total = width * height;
  if (inked > 1 || covered > total * 0.25) return null;
  const ranked = [...votes].sort((a, b) => b[1] - a[1]);
  if (ground > total * 0.6 && middle.size && (ranked[0]?.[1] ?? 0) < total * 0.2) return STATE_KEYS[[...middle].sort((a, b) => b[1] - a[1])[0][0]];
  if (!ranked.length || ranked[0][1] < total * 0.3) return null;
  if (ranked[1] && ranked[1][1] > ranked[0][1] * 0.7) return null;
  if (ranked[0][0] === SLEEPING && !asleep(data, softs[SLEEPING], marks[SLEEPING], [painted(p.ink), painted(p['ink-2'])])) return null;
  return STATE_KEYS[ranked[0][0]];
}

/** Grey is also what arrows are: sleep shows mostly its soft ground, some dots, and no ink. */
function asleep(data, soft, mark, inks) {
  const total = data.length / 4;
  let ground = 0, dots = 0;
  for (let i = 0; i < data.length; i += 4) {
    const pixel = [data[i], data[i + 1], data[i + 2]];
    if (inks.some((ink) => far(pixel, ink) < 22)) return false;
    if (far(pixel, soft) < 6) ground++;
    else if (far(pixel, mark) < far(pixel, soft)) dots++;
  }
  return ground > total * 0.4 && dots > total * 0.02 && dots < total * 0.4;
}

/** Distance of a colour from the straight line between two others: where their blends lie. */
function toSegment(pixel, a, b) {
  const ab = b.map((v, i) => v - a[i]), ap = pixel.map((v, i) => v - a[i]), length = ab.reduce((sum, v) => sum + v * v, 0) || 1;
  const share = Math.min(1, Math.max(0, ab.reduce((sum, v, i) => sum + v * ap[i], 0) / length));
  return far(pixel, a.map((v, i) => v + share * ab[i])) * (share > 0.15 && share < 0.85 ? 1.25 : 1);
}
