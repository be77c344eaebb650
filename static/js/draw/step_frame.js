// One frame of a controlled run: the same rows twice, solid up to the playhead and as a ghost behind it.
import { drawLevels } from './layers/levels.js';
import { drawLocks } from './layers/locks.js';
import { drawBaton } from './layers/baton.js';
import { drawStepLanes } from './layers/step_lanes.js';
import { drawPlayhead, drawStepGround, drawStepRuler } from './layers/step_ruler.js';
import { drawWaiters } from './layers/waiters.js';
import { visibleRows } from './geometry.js';
import { EDGE, columnLeft, playheadAt } from './step_geometry.js';

const PALE = 0.5;

/**
 * Everything the layers need. `position` is the cursor, between two numbers while it moves; `end` says that a last column shows how the run
 * ended; `stuck` has the threads of a deadlock; `words(step)` gives {short, verb}.
 */
export function stepViewOf({ trace, steps, p, g, w, h, dpr, wide, left, top, position, cursor, layout, end, stuck, words, waits, hover, look }) {
  const columns = steps.count + (end ? 1 : 0), X = (c) => columnLeft(c, position, wide, g) - left;
  const first = Math.max(0, Math.floor((left - g.playhead) / wide) - 1), last = Math.min(columns - 1, Math.ceil((left + w) / wide) + 1);
  const over = steps.timeOf(steps.count), right = X(columns - 1) + wide - EDGE;
  const x = (t) => (t > over || t >= trace.until ? right : X(Math.max(0, steps.stepOfTime(t) - 1)) + EDGE);
  const rows = visibleRows(layout.rows, top, h), laneY = new Map(layout.rows.filter((row) => row.kind === 'lane').map((row) => [row.id, row.y - top + (g.pitch - g.span) / 2]));
  const clock = layout.rows.find((row) => row.kind === 'clock');
  return { trace, steps, p, g, w, h, dpr, wide, position, cursor, columns, X, x, first, last, rows, laneY, end, stuck, words, waits, hover, look, clockY: clock ? clock.y - top + (clock.h - 18) / 2 : null, lanesEnd: layout.lanesEnd - top,
    playhead: playheadAt(position, wide, g) - left, t0: steps.timeOf(Math.max(0, first)) - 1, t1: last >= steps.count - 1 ? Infinity : steps.timeOf(last + 2), until: trace.until, scale: Infinity };
}

/** Draws the frame; pure but for the pixels. */
export function drawStepFrame(c, view) {
  drawStepGround(c, view);
  part(c, view, false);
  part(c, view, true);
  drawStepRuler(c, view);
  drawPlayhead(c, view);
}

/** One side of the playhead. */
function part(c, view, ghost) {
  const { g, w, h, playhead } = view, from = ghost ? playhead : 0, to = ghost ? w : playhead;
  if (to <= 0 || from >= w) return;
  c.save();
  c.beginPath();
  c.rect(from, g.ruler, to - from, h);
  c.clip();
  drawBaton(c, view, ghost);
  drawStepLanes(c, view, ghost);
  c.beginPath();
  const inner = ghost ? playhead + g.playhead / 2 : Math.min(w, playhead - g.playhead / 2);
  c.rect(ghost ? inner : 0, g.ruler, ghost ? w : inner, h);
  c.clip();
  const side = ghost ? view : { ...view, w: inner }; // a tag stands in what is seen of its bar
  for (const layer of [drawLocks, drawLevels, drawWaiters]) layer(c, side);
  if (ghost) veil(c, view);
  c.restore();
}

/** What would happen is paler. */
function veil(c, view) {
  const below = view.rows.filter((row) => row.kind === 'object');
  if (!below.length) return;
  c.globalAlpha = PALE;
  c.fillStyle = view.p.sunken;
  for (const row of below) c.fillRect(0, row.y, view.w, row.h);
  c.globalAlpha = 1;
}
