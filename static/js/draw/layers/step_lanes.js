// Threads in a controlled run: ready as an outline, a step as a box with its word, waits as hatched spans with what they wait for.
import { stateIn } from '../../core/step_states.js';
import { BLOCKED, CRASHED, NONE, READY, RUNNING, SLEEPING } from '../../core/states.js';
import { paintDead, paintRuns } from '../patterns.js';
import { EDGE } from '../step_geometry.js';
import { chip, widthOf } from '../text.js';

const CLOCK = -1, GHOST = 0.55, WORDS_FROM = 72, READY_INSET = 4;

export function drawStepLanes(c, view, ghost) {
  const from = ghost ? Math.max(view.first, Math.floor(view.position)) : view.first, to = ghost ? view.last : Math.min(view.last, Math.ceil(view.position) - 1);
  const ended = view.end && view.cursor === view.steps.count;
  for (const row of view.rows) {
    if (row.kind === 'lane') lane(c, view, row.id, view.laneY.get(row.id), from, to, ghost && !ended, ended);
    if (row.kind === 'clock') clock(c, view, from, to, ghost);
  }
}

/** Ahead of the end only the last column of a standstill is loud: until then it has not happened. */
function lane(c, view, thread, y, from, to, ghost, ended) {
  const { steps, trace, g } = view;
  let span = null;
  for (let column = from; column <= to; column++) {
    const at = stateIn(steps, trace, thread, column);
    if (span && (span.at.state !== at.state || span.at.obj !== at.obj || (ghost && column === steps.count))) { whole(c, view, thread, y, span, column - 1, ghost, ended); span = null; }
    if (at.state === RUNNING && steps.chosenAt(column) === thread) step(c, view, thread, y, column, ghost);
    else if (at.state === READY) ready(c, view, y, column, ghost);
    else if (at.state !== NONE) span ??= { at, column };
  }
  if (span) whole(c, view, thread, y, span, to, ghost, ended);
}

/** The box of a step. */
function step(c, view, thread, y, column, ghost) {
  const { p, g, X, wide } = view, x = X(column) + EDGE, w = Math.max(1.5, wide - 2 * EDGE), round = w > 6 ? 3 : 0;
  c.beginPath();
  c.roundRect(x, y, w, g.span, round);
  if (!ghost) {
    c.fillStyle = p.mark[RUNNING];
    c.fill();
  } else {
    c.fillStyle = p.sunken;
    c.fill();
    c.fillStyle = p.soft[RUNNING];
    c.fill();
    c.strokeStyle = p.mark[RUNNING];
    c.lineWidth = 1.5;
    if (w > 14) c.setLineDash([4, 3]);
    c.beginPath();
    c.roundRect(x + 0.75, y + 0.75, Math.max(0.5, w - 1.5), g.span - 1.5, round);
    c.stroke();
    c.setLineDash([]);
  }
  if (w < 16) return;
  const { short, verb } = view.words(column + 1);
  c.font = `600 11px ${p.ui}`;
  const text = [short, verb].find((each) => each && widthOf(c, each) <= w - 6);
  if (!text) return;
  c.fillStyle = ghost ? p.text[RUNNING] : p.panel;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(text, x + w / 2, y + g.span / 2 + 0.5);
}

/** Could have gone on; in the column that is open now: can be chosen. */
function ready(c, view, y, column, ghost) {
  const { p, g, X, wide, cursor } = view, open = column === cursor, x = X(column) + EDGE, w = wide - 2 * EDGE;
  if (w < 3) return;
  c.strokeStyle = p.mark[READY];
  c.lineWidth = 1.5;
  c.globalAlpha = open ? 1 : ghost ? GHOST : 0.5;
  if (ghost) c.setLineDash([4, 3]);
  c.beginPath();
  c.roundRect(x + 0.75, y + READY_INSET + 0.75, w - 1.5, g.span - 2 * READY_INSET - 1.5, 3);
  c.stroke();
  c.setLineDash([]);
  c.globalAlpha = 1;
}

/** A state that lasts over columns. When all is over, a wait without end is loud wherever it is looked at. */
function whole(c, view, thread, y, { at, column }, last, ghost, ended) {
  const { p, g, dpr, X, wide, stuck, steps } = view, x0 = X(column) + EDGE, x1 = X(last) + wide - EDGE;
  const left = Math.max(-12, x0), w = Math.min(view.w + 12, x1) - left;
  if (w <= 0) return;
  const dead = at.state === BLOCKED && stuck.has(thread) && (ended ? steps.choices.lastIndexOf(thread) < column : last >= steps.count);
  c.save();
  c.translate(0, y);
  paintRuns(c, p, { count: 1, x0: [left], x1: [left + w + 0.75], state: [at.state], span: [0] }, g.span, dpr, { idle: () => at.idle && !dead });
  if (dead) paintDead(c, p, left, w, g.span, dpr);
  if (ghost && !dead) {
    c.globalAlpha = 1 - GHOST;
    c.fillStyle = p.sunken;
    c.fillRect(left - 1, -1, w + 2, g.span + 2);
    c.globalAlpha = 1;
  }
  c.restore();
  if ((at.state !== BLOCKED && at.state !== SLEEPING && at.state !== CRASHED) || w < WORDS_FROM) return;
  const words = at.state === CRASHED ? 'crashed' : view.waits(thread, column, at);
  c.font = `600 10.5px ${p.ui}`;
  const start = Math.max(4, left) + (at.state === CRASHED ? g.span : 10), room = left + w - start - 6, text = widthOf(c, words) + 8 <= room ? words : words.replace(/^waits for /, '');
  if (widthOf(c, text) + 8 > room) return;
  c.globalAlpha = ghost ? 0.86 : 1;
  chip(c, p, text, start, y + (g.span - 16) / 2, p.soft[at.state], p.text[at.state], { h: 16, size: 10.5 });
  c.globalAlpha = 1;
}

/** The clock's turns: nobody runs, time passes. */
function clock(c, view, from, to, ghost) {
  const { steps, p, X, wide, clockY } = view;
  for (let column = from; column <= Math.min(to, steps.count - 1); column++) {
    const turn = steps.chosenAt(column) === CLOCK, may = steps.mayTick(column) && column === view.cursor;
    if (!turn && !may) continue;
    const x = X(column) + EDGE, w = wide - 2 * EDGE;
    c.strokeStyle = c.fillStyle = turn ? p['ink-2'] : p.mark[READY];
    c.lineWidth = 1.5;
    if (ghost) c.setLineDash([4, 3]);
    c.beginPath();
    c.roundRect(x + 0.75, clockY + 0.75, w - 1.5, 16.5, 8);
    c.stroke();
    c.setLineDash([]);
    c.font = `600 10.5px ${p.ui}`;
    const text = ['time passes', 'time'].find((each) => widthOf(c, each) <= w - 8);
    if (!text || !turn) continue;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.fillText(text, x + w / 2, clockY + 9.5);
  }
}
