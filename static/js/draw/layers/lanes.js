// Lanes: one per thread, its states as spans; deadlocked over blocked; labels inside the waits that are wide enough.
import { BLOCKED, NEW } from '../../core/states.js';
import { Runs, runsOf } from '../../core/runs.js';
import { objectName, nameOf } from '../../core/sentences.js';
import { drawSpan, paintDead, paintRuns } from '../patterns.js';
import { clipToSeen } from './gaps.js';
import { widthOf } from '../text.js';

const runs = new Runs();
const LABEL_FROM = 58, SENTENCE_FROM = 170;

/** Draws the visible thread rows of `view`. */
export function drawLanes(c, view) {
  for (const row of view.rows) if (row.kind === 'lane') drawLane(c, view, row);
}

function drawLane(c, view, row) {
  const { trace, p, g } = view, lane = trace.lanes[row.id], top = row.y + (g.pitch - g.span) / 2;
  if (row.id === 0) starting(c, view, lane, top);
  if (!lane?.spans.count) return;
  runsOf(lane, view.t0, view.t1, view.w, view.until, runs);
  c.save();
  c.translate(0, top);
  if (lane.cuts.length) clipToSeen(c, view, lane, g.span);
  paintRuns(c, p, runs, g.span, view.dpr, { idle: (span) => isIdle(view, lane, span) });
  const dead = view.dead.get(row.id);
  if (dead) {
    const x0 = Math.max(-8, view.x(dead.from)), x1 = Math.min(view.w + 8, view.x(Math.min(dead.to, view.until)));
    if (x1 > x0) paintDead(c, p, x0, x1 - x0, g.span, view.dpr);
  }
  labels(c, view, lane);
  c.restore();
}

/** Python starts before the program's first line: until then main's lane is dotted, as every thread's is before it runs. */
function starting(c, view, lane, top) {
  const from = Math.max(0, view.x(0)), to = Math.min(view.w, view.x(Math.min(view.until, lane?.spans.count ? lane.spans.start[0] : Infinity)));
  if (to - from > 3) drawSpan(c, view.p, NEW, from, top, to - from, view.g.span, { dpr: view.dpr });
}

/** A wait that holds nobody up. */
function isIdle(view, lane, span) {
  if (span < 0) return false;
  const { trace } = view;
  return trace.events.source[lane.spans.seq[span] - trace.firstSeq] === 0 && view.idleKinds[trace.events.kind[lane.spans.seq[span] - trace.firstSeq]] === 1;
}

function labels(c, view, lane) {
  const { p, g, w } = view;
  c.font = `560 11px ${p.ui}`;
  c.textAlign = 'left';
  c.textBaseline = 'middle';
  for (let i = 0; i < runs.count; i++) {
    if (runs.state[i] !== BLOCKED || runs.span[i] < 0) continue;
    const x0 = Math.max(0, runs.x0[i]), wide = Math.min(w, runs.x1[i]) - x0;
    if (wide <= LABEL_FROM) continue;
    const text = labelOf(view.trace, lane, runs.span[i], wide);
    if (!text) continue;
    const box = widthOf(c, text) + 12;
    if (wide < box + 22) continue;
    c.fillStyle = p.soft[BLOCKED];
    c.beginPath();
    c.roundRect(x0 + 10, 3, box, g.span - 6, 3);
    c.fill();
    c.fillStyle = p.text[BLOCKED];
    c.fillText(text, x0 + 16, g.span / 2 + 0.5);
  }
}

function labelOf(trace, lane, span, wide) {
  const obj = lane.spans.obj[span];
  if (!obj) return '';
  const kind = trace.kinds[trace.events.kind[lane.spans.seq[span] - trace.firstSeq]]?.name, info = trace.objects.get(obj);
  const thread = info?.primitive === 'Thread' ? trace.threads.find((each) => each?.obj === obj) : null;
  const name = thread ? nameOf(trace, thread.id) : objectName(trace, obj);
  if (kind === 'queue.put_blocked') return `${name} full`;
  if (kind === 'queue.get_blocked') return `${name} empty`;
  return wide >= SENTENCE_FROM ? `waits for ${name}` : name;
}
