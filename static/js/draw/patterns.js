// The mark of each state: colour and pattern together, for whole lanes at once and for single swatches.
import { BLOCKED, CRASHED, DONE, IO, KILLED, NEW, PAINT_ORDER, READY, RUNNING, SLEEPING, STATE_COUNT, WAITING_GIL } from '../core/states.js';
import { DEAD, tileOf } from './tiles.js';

export const GAP = 0.75, NARROWEST = 1.5, FLAT_WIDTH = 3, FLAT_HEIGHT = 10;
const IDLE_ALPHA = 0.42, EDGE = [3, 0, 0, 3];

/** Height of a mark too small for its pattern, as a share of the lane's. */
const SHARE = { [RUNNING]: 1, [WAITING_GIL]: 0.5, [BLOCKED]: 1, [SLEEPING]: 0.34, [IO]: 0.5, [READY]: 0.34, [CRASHED]: 1 };

/** One span by itself. `state` is an id; options: dead (deadlocked), idle (a wait that holds nobody up). */
export function drawSpan(c, p, state, x, y, w, h, { dead = false, idle = false, dpr = globalThis.devicePixelRatio || 1 } = {}) {
  const one = { count: 1, x0: [x], x1: [x + w + GAP], state: [state], span: [0] };
  c.save();
  c.translate(0, y);
  paintRuns(c, p, one, h, dpr, { idle: () => idle });
  if (dead) paintDead(c, p, x, w, h, dpr);
  c.restore();
}

/** Paints the runs of one lane; the context's origin is the lane's top, so that patterns hang on the lane and not on the span. */
export function paintRuns(c, p, runs, h, dpr, { idle = () => false } = {}) {
  for (const list of flatOf) list.length = 0;
  for (const list of fullOf) list.length = 0;
  for (let i = 0; i < runs.count; i++) {
    const flat = runs.span[i] < 0 || h < FLAT_HEIGHT || runs.x1[i] - runs.x0[i] - GAP < FLAT_WIDTH, state = runs.state[i];
    (flat && SHARE[state] ? flatOf : fullOf)[state].push(i);
  }
  for (const state of PAINT_ORDER) {
    if (flatOf[state].length) flats(c, p, runs, state, h);
    if (fullOf[state].length) (PAINT[state] ?? patterned)(c, p, runs, fullOf[state], state, h, dpr, idle);
  }
}

/** Numbers of the runs by state, reused: those too small for a pattern, and the others. */
const flatOf = Array.from({ length: STATE_COUNT }, () => []), fullOf = Array.from({ length: STATE_COUNT }, () => []);

/** Numbers of the blocked runs, those that hold nobody up apart. */
const idling = [], contended = [];

/** The deadlocked look, over a blocked span. */
export function paintDead(c, p, x, w, h, dpr) {
  if (w < FLAT_WIDTH || h < FLAT_HEIGHT) return;
  box(c, x, 0, w, h);
  c.fillStyle = p.soft[BLOCKED];
  c.fill();
  c.fillStyle = tileOf(c, p, DEAD, dpr);
  c.fill();
  c.fillStyle = c.strokeStyle = p.mark[BLOCKED];
  c.fillRect(x, 0, Math.min(5, w), h);
  c.lineWidth = 2;
  c.beginPath();
  c.roundRect(x + 1, 1, Math.max(0.5, w - 2), h - 2, 2.5);
  c.stroke();
}

function box(c, x, y, w, h) {
  c.beginPath();
  add(c, x, y, w, h);
}

function add(c, x, y, w, h) {
  if (w >= 5) c.roundRect(x, y, w, h, 3); else c.rect(x, y, w, h);
}

const widthOf = (runs, i) => Math.max(NARROWEST, runs.x1[i] - runs.x0[i] - GAP);

/** A new path of the listed runs, each as high as the lane. */
function path(c, runs, list, h) {
  c.beginPath();
  for (const i of list) add(c, runs.x0[i], 0, widthOf(runs, i), h);
}

/** Small marks: flat colour, the height tells the state. Columns that many spans share leave no gap between them; marks that touch are one rectangle. */
function flats(c, p, runs, state, h) {
  const high = Math.max(Math.min(2, h), h * SHARE[state]), top = (h - high) / 2, list = flatOf[state];
  let from = 0, to = -Infinity;
  c.fillStyle = p.mark[state];
  c.beginPath();
  for (let k = 0; k < list.length; k++) {
    const i = list[k], x0 = runs.x0[i], wide = runs.x1[i] - x0 - (runs.span[i] < 0 ? 0 : GAP), x1 = x0 + (wide > NARROWEST ? wide : NARROWEST);
    if (x0 > to) {
      if (to > from) c.rect(from, top, to - from, high);
      from = x0;
      to = x1;
    } else if (x1 > to) to = x1;
  }
  c.rect(from, top, to - from, high);
  c.fill();
}

function patterned(c, p, runs, list, state, h, dpr) {
  path(c, runs, list, h);
  c.fillStyle = state === RUNNING ? p.mark[state] : p.soft[state];
  c.fill();
  if (state === RUNNING) return;
  c.fillStyle = tileOf(c, p, state, dpr);
  c.fill();
}

function blocked(c, p, runs, list, state, h, dpr, idle) {
  contended.length = idling.length = 0;
  for (const i of list) (idle(runs.span[i]) ? idling : contended).push(i);
  for (const mine of [idling, contended]) {
    if (!mine.length) continue;
    const pale = mine === idling;
    path(c, runs, mine, h);
    c.fillStyle = p.soft[state];
    c.fill();
    c.globalAlpha = pale ? 0.55 * IDLE_ALPHA : 0.55;
    c.fillStyle = tileOf(c, p, state, dpr);
    c.fill();
    c.globalAlpha = pale ? IDLE_ALPHA : 1;
    c.fillStyle = c.strokeStyle = p.mark[state];
    c.lineWidth = 1;
    c.beginPath();
    for (const i of mine) add(c, runs.x0[i] + 0.5, 0.5, Math.max(1, widthOf(runs, i) - 1), h - 1);
    c.stroke();
    c.globalAlpha = pale ? 0.7 : 1;
    c.beginPath();
    for (const i of mine) if (widthOf(runs, i) >= 5) c.roundRect(runs.x0[i], 0, 4, h, EDGE); else c.rect(runs.x0[i], 0, Math.min(4, widthOf(runs, i)), h);
    c.fill();
    c.globalAlpha = 1;
  }
}

function ready(c, p, runs, list, state, h) {
  c.lineWidth = 1.5;
  c.strokeStyle = p.mark[state];
  c.beginPath();
  for (const i of list) c.roundRect(runs.x0[i] + 0.75, 0.75, widthOf(runs, i) - 1.5, h - 1.5, 3);
  c.stroke();
}

function crashed(c, p, runs, list, state, h) {
  const arm = h * 0.22;
  for (const i of list) {
    const x = runs.x0[i], w = widthOf(runs, i), cx = x + Math.min(w / 2, h / 2), cy = h / 2;
    box(c, x, 0, w, h);
    c.fillStyle = p.soft[state];
    c.fill();
    c.strokeStyle = p.mark[state];
    c.lineWidth = 1.5;
    c.beginPath();
    c.roundRect(x + 0.75, 0.75, w - 1.5, h - 1.5, 3);
    c.stroke();
    c.lineWidth = 2.25;
    c.beginPath();
    c.moveTo(cx - arm, cy - arm);
    c.lineTo(cx + arm, cy + arm);
    c.moveTo(cx + arm, cy - arm);
    c.lineTo(cx - arm, cy + arm);
    c.stroke();
  }
}

/** Lines instead of bars: not yet begun (dotted), over (with an end stop), cut off (dashed, with an end stop). */
function line(c, p, runs, list, state, h) {
  const middle = h / 2;
  c.save();
  c.strokeStyle = c.fillStyle = p.mark[state];
  c.lineWidth = Math.min(h, state === NEW ? 1.5 : 2);
  if (state === NEW) c.setLineDash([2, 3]);
  if (state === KILLED) c.setLineDash([5, 3]);
  c.beginPath();
  for (const i of list) { c.moveTo(runs.x0[i], middle); c.lineTo(runs.x0[i] + widthOf(runs, i), middle); }
  c.stroke();
  if (state !== NEW && h >= FLAT_HEIGHT) for (const i of list) if (runs.x0[i] > -2) c.fillRect(runs.x0[i], middle - 4, 2, 8);
  c.restore();
}

const PAINT = { [NEW]: line, [DONE]: line, [KILLED]: line, [READY]: ready, [BLOCKED]: blocked, [CRASHED]: crashed };
