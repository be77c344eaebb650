/** The hero of the gallery: a recorded run told again slowly, its live edge moving; with reduced motion a still of it. */
import { Runs, runsOf } from './core/runs.js';
import { NONE } from './core/states.js';
import { lowerBound } from './core/table.js';
import { fit } from './draw/fit.js';
import { arrow } from './draw/layers/arrows.js';
import { onlySeen } from './draw/miniature.js';
import { paintRuns } from './draw/patterns.js';
import { palette } from './draw/theme.js';
import { recordedTrace } from './recorded.js';

const MOST_LANES = 6;
const TOLD_IN_MS = 40_000;
const REST_MS = 2_500;
const FADE = 150;
const runs = new Runs();

/** @param {HTMLCanvasElement} canvas @param {string[]} urls recordings to choose from @param {any} vocabulary */
export async function hero(canvas, urls, vocabulary) {
  const traces = (await Promise.all(urls.map((url) => recordedTrace(url, vocabulary)))).filter((trace) => trace?.threads.length > 1);
  const trace = traces.sort((a, b) => interest(b) - interest(a))[0];
  if (!trace) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const [from, to] = [trace.until * 0.3, trace.until * 0.985];
  let clock = from + (to - from) * 0.55;
  let last = 0;
  let rested = 0;
  const words = new Map(vocabulary.states.map((state) => [state.id, state.word]));
  const draw = () => paint(canvas, trace, clock, trace.until * 0.3, words);
  const step = (now) => {
    const passed = Math.min(50, now - (last || now));
    last = now;
    if (clock < to) clock += ((to - from) / TOLD_IN_MS) * passed;
    else if ((rested += passed) > REST_MS) { clock = from; rested = 0; }
    draw();
    if (!still.matches && canvas.isConnected) requestAnimationFrame(step);
  };
  const begin = () => { last = 0; if (still.matches) draw(); else requestAnimationFrame(step); };
  still.addEventListener('change', begin);
  document.addEventListener('themechange', draw);
  addEventListener('resize', draw);
  begin();
}

/** Many wake-ups between few threads, and not over at once: that is worth looking at. */
const interest = (trace) => Math.min(trace.arrows.count, 60) * Math.min(trace.threads.length, MOST_LANES) * (trace.until > 2e7 ? 2 : 1);

function paint(canvas, trace, clock, wide, words) {
  const p = palette();
  const { c, w, h, dpr } = fit(canvas);
  const phone = w < 500;
  const count = Math.min(trace.threads.length, phone ? 4 : MOST_LANES);
  const first = trace.threads.length > count ? 1 : 0;
  const pitch = h / (count + (phone ? 0.3 : 0.9));
  const span = pitch * 0.62;
  const top = (h - pitch * count) / 2;
  const edge = w * (phone ? 0.86 : 0.84);
  const t0 = clock - wide;
  const x = (t) => ((t - t0) / wide) * edge;
  const laneTop = (thread) => top + (thread - first) * pitch + (pitch - span) / 2;
  for (let thread = first; thread < first + count; thread += 1) {
    runsOf(trace.lanes[thread], t0, clock, edge, clock, runs);
    c.save();
    c.beginPath();
    c.rect(0, 0, edge, h);
    c.clip();
    c.translate(0, laneTop(thread));
    if (trace.lanes[thread].cuts.length) onlySeen(c, trace.lanes[thread], trace, { t0, t1: clock, w: edge, h: span });
    paintRuns(c, p, runs, span, dpr);
    c.restore();
  }
  arrows(c, p, trace, t0, clock, first, first + count, x, laneTop, span);
  const fade = c.createLinearGradient(0, 0, phone ? 40 : FADE, 0);
  fade.addColorStop(0, p.panel);
  fade.addColorStop(1, `${p.panel}00`);
  c.fillStyle = fade;
  c.fillRect(0, 0, FADE + 10, h);
  c.fillStyle = p.ink;
  c.fillRect(edge, 0, 1.5, h);
  for (let thread = first; thread < first + count; thread += 1) now(c, p, trace, thread, clock, edge, laneTop(thread) + span / 2, phone, words);
}

function arrows(c, p, trace, t0, clock, first, end, x, laneTop, span) {
  const { arrows: all } = trace;
  let before = -Infinity;
  for (let i = lowerBound(all.t, all.count, t0); i < all.count && all.t[i] <= clock; i += 1) {
    const [from, to] = [all.from[i], all.to[i]];
    if (from < first || to < first || from >= end || to >= end || from === to || x(all.t[i]) - before < 9) continue;
    before = x(all.t[i]);
    const down = to > from;
    arrow(c, p, x(all.since[i]), laneTop(from) + (down ? span : 0), x(all.t[i]), laneTop(to) + (down ? 0 : span));
  }
}

/** The state at the live edge, as a word. */
function now(c, p, trace, thread, clock, edge, y, phone, words) {
  const { state } = trace.stateAt(thread, clock);
  c.beginPath();
  c.arc(edge + 0.75, y, 4.5, 0, 7);
  c.fillStyle = p.panel;
  c.fill();
  c.lineWidth = 2;
  c.strokeStyle = p.ink;
  c.stroke();
  if (state === NONE) return;
  c.font = `560 ${phone ? 11 : 12.5}px ${p.ui}`;
  c.fillStyle = p.text[state];
  c.textBaseline = 'middle';
  c.textAlign = 'left';
  c.fillText(phone ? trace.threads[thread].tag : words.get(state) ?? '', edge + 14, y + 0.5);
}
