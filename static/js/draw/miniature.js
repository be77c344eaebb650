// A small picture of a trace: lanes only, flat marks whose height tells the state; for gallery cards and the overview.
import { Runs, runsOf } from '../core/runs.js';
import { fit } from './fit.js';
import { paintRuns } from './patterns.js';
import { palette } from './theme.js';

const runs = new Runs();

/** Draws `trace` into the canvas. Options: skip (leave out the first threads), gap, most (height of a lane), t1. */
export function miniature(canvas, trace, { skip = 0, gap = 4, most = 99, t1 = trace.until } = {}) {
  const { c, w, h, dpr } = fit(canvas), threads = trace.threads.filter((thread) => thread && thread.id >= skip);
  drawLanes(c, palette(), trace, threads.map((thread) => thread.id), { w, h, dpr, gap, most, t0: 0, t1: Math.max(1, t1), until: Math.max(1, t1) });
}

/** Keeps the painting of one lane, `h` high from the origin on, out of the stretches that nobody saw; w pixels show t0 to t1. */
export function onlySeen(c, lane, trace, { t0, t1, w, h }) {
  const x = (t) => ((t - t0) * w) / (t1 - t0);
  c.beginPath();
  for (const [from, to] of lane.seen(t0, t1, trace)) c.rect(x(from), -1, x(to) - x(from), h + 2);
  c.clip();
}

/** Lanes of these threads in a w x h box at the context's origin. */
export function drawLanes(c, p, trace, threads, { w, h, dpr, gap, most, t0, t1, until }) {
  const n = threads.length;
  if (!n) return;
  const tight = h / n < 3 ? 0 : gap, high = Math.min(most, Math.max(0.6, (h - tight * (n - 1)) / n)), top = Math.max(0, (h - n * high - (n - 1) * tight) / 2);
  threads.forEach((thread, i) => {
    const lane = trace.lanes[thread];
    if (!lane?.spans.count) return;
    runsOf(lane, t0, t1, w, until, runs);
    c.save();
    c.translate(0, top + i * (high + tight));
    if (lane.cuts.length) onlySeen(c, lane, trace, { t0, t1, w, h: high });
    paintRuns(c, p, runs, high, dpr);
    c.restore();
  });
}
