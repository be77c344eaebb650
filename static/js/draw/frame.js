// One frame of the timeline: what it shows as data (`viewOf`), then its layers from the ground up (`drawFrame`).
import { IDLE_WAITS } from '../core/states.js';
import { lowerBound } from '../core/table.js';
import { visibleRows } from './geometry.js';
import { drawArrows } from './layers/arrows.js';
import { drawCores } from './layers/cores.js';
import { chipsOf, drawChips, drawEdges } from './layers/edge.js';
import { drawGapGround, drawGapWords } from './layers/gaps.js';
import { drawGil } from './layers/gil.js';
import { drawGroups } from './layers/group.js';
import { drawGround } from './layers/ground.js';
import { drawLanes } from './layers/lanes.js';
import { drawLevels } from './layers/levels.js';
import { drawLocks } from './layers/locks.js';
import { drawOutlines } from './layers/outline.js';
import { drawPerturbed, slowedIn } from './layers/perturbed.js';
import { drawGrid, drawRuler } from './layers/ruler.js';
import { drawWaiters } from './layers/waiters.js';

const LAYERS = [drawGround, drawGapGround, drawGrid, drawGroups, drawLanes, drawGapWords, drawArrows, drawGil, drawCores, drawLevels, drawLocks, drawWaiters, drawEdges, drawOutlines];
const OVER = [drawRuler, drawPerturbed, drawChips];

/**
 * Everything the layers need. `layout` is rowsOf's; `until` is where the run is now; `hovered`, `selected` are {thread, start, end};
 * `picked` holds the seqs of arrows to stress.
 */
export function viewOf({ trace, p, g, w, h, dpr, t0, t1, until, live, playhead, layout, top, hovered, selected, picked }) {
  const scale = w / (t1 - t0), rows = visibleRows(layout.rows, top, h);
  const laneY = new Map();
  for (const row of layout.rows) {
    if (row.kind === 'lane') laneY.set(row.id, row.y - top);
    else if (row.kind === 'group' && !row.open) for (const id of row.members) laneY.set(id, row.y - top + (row.h - g.pitch) / 2);
  }
  const dead = new Map(trace.deadlocked().map((each) => [each.thread, each]));
  return { trace, p, g, w, h, dpr, t0, t1, until, live, playhead, rows, laneY, dead, hovered, selected, picked, scale, x: (t) => (t - t0) * scale,
    groundY: layout.ground === null ? null : layout.ground - top, ticks: null, chips: [], slowed: [], idleKinds: idleKinds(trace), gaps: gapsIn(trace, t0, t1) };
}

/** Draws the frame; pure but for the pixels. */
export function drawFrame(c, view) {
  c.save();
  c.beginPath();
  c.rect(0, view.g.ruler - 6, view.w, view.h);
  c.clip();
  for (const layer of LAYERS) layer(c, view);
  c.restore();
  view.chips = chipsOf(c, view);
  view.slowed = slowedIn(c, view);
  for (const layer of OVER) layer(c, view);
}

const kept = new WeakMap();

function idleKinds(trace) {
  if (!kept.has(trace)) kept.set(trace, Uint8Array.from({ length: 256 }, (_, id) => (IDLE_WAITS.has(trace.kinds[id]?.name) ? 1 : 0)));
  return kept.get(trace);
}

/** Gaps come in order of their beginnings; long ones before the window are few. */
function gapsIn(trace, t0, t1) {
  return trace.gaps.length < 500 ? trace.gaps.filter((gap) => gap.to_ns >= t0 && gap.from_ns <= t1) : thin(trace.gaps, t0, t1);
}

/** So many gaps that most share pixels: at most 500 of those in the window. */
function thin(gaps, t0, t1) {
  const starts = Float64Array.from(gaps, (gap) => gap.from_ns), first = Math.max(0, lowerBound(starts, gaps.length, t0) - 1), last = lowerBound(starts, gaps.length, t1);
  const step = Math.max(1, Math.ceil((last - first) / 500)), found = [];
  for (let i = first; i < last; i += step) found.push(gaps[i]);
  return found;
}
