// Stretches that nobody saw: lanes stop at slanted edges, the ground between is sunken and says how much is missing.
import { cutsLane, gapWords, hidesState, marksObject } from '../../core/gaps.js';
import { chip, widthOf } from '../text.js';

const SLANT = 9;

/** Keeps the painting of one lane (height `h`, origin at its top) out of its unseen stretches. */
export function clipToSeen(c, view, lane, h) {
  c.beginPath();
  let left = -20, slanted = 0;
  for (const cut of [...lane.cuts].sort((a, b) => a.from - b.from)) {
    const from = view.x(cut.from), to = view.x(Math.min(lane.resume(cut, view.trace), 1e18));
    if (from > left) piece(c, left, slanted, Math.min(from, view.w + 20), SLANT, h);
    left = Math.max(left, to);
    slanted = SLANT;
  }
  if (left < view.w + 20) piece(c, left, slanted, view.w + 20, 0, h);
  c.clip();
}

const ofAll = (gap) => hidesState(gap) && !gap.threads?.length && !gap.objects?.length;

/** Paints a row that tells of everybody or of one object (`log`) only where something is known: a gap of all cuts it, a gap of this object makes it pale. */
export function paintKnown(c, view, row, log, paint) {
  const cuts = log ? log.cuts.map((cut) => ({ from: cut.from, to: cut.resume, all: ofAll(cut.gap) })) : view.gaps.filter(ofAll).map((gap) => ({ from: gap.from_ns, to: gap.to_ns, all: true }));
  const near = cuts.filter((cut) => cut.from < view.t1 && cut.to > view.t0).map((cut) => ({ ...cut, x0: Math.max(-8, view.x(cut.from)), x1: Math.min(view.w + 8, view.x(Math.min(cut.to, view.until))) }));
  if (!near.length) { paint(); return; }
  c.save();
  c.beginPath();
  let left = -8;
  for (const { x0, x1 } of near.filter((cut) => cut.all).sort((a, b) => a.x0 - b.x0)) {
    if (x0 > left) c.rect(left, row.y, x0 - left, row.h);
    left = Math.max(left, x1);
  }
  if (left < view.w + 8) c.rect(left, row.y, view.w + 8 - left, row.h);
  c.clip();
  paint();
  c.fillStyle = view.p.hover;
  c.globalAlpha = 0.62;
  for (const cut of near) if (!cut.all) c.fillRect(cut.x0, row.y + 3, cut.x1 - cut.x0, row.h - 6);
  c.restore();
}

/** A stretch whose left end leans by `lean0` and whose right end leans by `lean1`. */
function piece(c, x0, lean0, x1, lean1, h) {
  c.moveTo(x0 + lean0, -4);
  c.lineTo(x1, -4);
  c.lineTo(x1 - lean1, h + 4);
  c.lineTo(x0, h + 4);
  c.closePath();
}

/** The ground of the gaps that cut lanes, and the marks of objects whose events were thinned; under the lanes. */
export function drawGapGround(c, view) {
  const { trace, p, h } = view;
  for (const gap of view.gaps) {
    const x0 = Math.max(-4, view.x(gap.from_ns)), over = Math.min(view.w + 4, view.x(gap.to_ns));
    for (const row of view.rows) {
      const cut = row.kind === 'lane' ? trace.lanes[row.id].cuts.find((each) => each.gap === gap) : null;
      const until = cut ? trace.lanes[row.id].resume(cut, trace) : row.obj ? trace.logs.get(row.obj)?.cuts.find((each) => each.gap === gap)?.resume ?? gap.to_ns : gap.to_ns;
      const x1 = Math.max(over, Math.min(view.w + 4, view.x(Math.min(until, view.until))));
      const hit = row.kind === 'lane' ? cutsLane(gap, row.id) : row.kind === 'group' ? row.members.some((id) => cutsLane(gap, id)) : row.obj ? marksObject(gap, row.obj) : hidesState(gap) && !gap.threads.length && !gap.objects.length;
      if (!hit) continue;
      c.fillStyle = row.obj ? p.hover : p.sunken;
      c.fillRect(x0, row.y, Math.max(2, x1 - x0), row.h);
      if (row.obj) edge(c, p, x0, x1, row);
    }
  }
  function edge(c, p, x0, x1, row) {
    c.save();
    c.strokeStyle = p['line-3'];
    c.lineWidth = 1;
    c.setLineDash([2, 3]);
    c.strokeRect(x0 + 0.5, row.y + 2.5, Math.max(1, x1 - x0 - 1), row.h - 5);
    c.restore();
  }
}

/** What is missing, in words: across the lanes for what cuts them, as a tick on the ruler for lines that were not kept. */
export function drawGapWords(c, view) {
  const { p, g } = view, lanes = view.rows.filter((row) => row.kind === 'lane' || row.kind === 'group');
  let free = -Infinity;
  for (const gap of view.gaps) {
    const x0 = Math.max(0, view.x(gap.from_ns)), x1 = Math.min(view.w, view.x(gap.to_ns)), wide = x1 - x0, words = gapWords(gap);
    if (!hidesState(gap)) {
      c.fillStyle = p['ink-3'];
      c.globalAlpha = 0.7;
      c.fillRect(x0, g.ruler - 3, Math.max(1.5, wide), 2);
      c.globalAlpha = 1;
      continue;
    }
    const mine = lanes.filter((row) => (row.kind === 'lane' ? cutsLane(gap, row.id) : row.members.some((id) => cutsLane(gap, id))));
    const rows = mine.length ? mine : view.rows.filter((row) => row.obj && marksObject(gap, row.obj));
    if (!rows.length || x0 < free) continue;
    const middle = mine.length ? (rows[0].y + rows.at(-1).y + rows.at(-1).h) / 2 : rows[0].y + rows[0].h / 2;
    c.font = `500 11px ${p.ui}`;
    if (widthOf(c, words) + 16 <= wide || mine.length) {
      chip(c, p, words, (x0 + x1) / 2, middle - 9, mine.length ? p.sunken : p.hover, p['ink-2'], { h: 18, size: 11, middle: true, room: Math.max(widthOf(c, words) + 12, Math.min(view.w, view.x(view.until))) });
      free = x0 + Math.max(wide, widthOf(c, words) + 24);
    }
  }
}
