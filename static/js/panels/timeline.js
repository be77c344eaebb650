// The timeline: every thread's states over time on one canvas, live and looking back. This file joins its parts; each does one thing.
import { LiveEdge, momentOf, stepRow } from '../core/playback.js';
import { NONE } from '../core/states.js';
import { worthSaying } from '../core/sentences.js';
import { follow, pan, reveal, whole, zoom } from '../core/viewport.js';
import { PHONE, WIDE, rowsOf } from '../draw/geometry.js';
import { drawFrame, viewOf } from '../draw/frame.js';
import { fit } from '../draw/fit.js';
import { drawEmpty } from '../draw/layers/empty.js';
import { drawRuler } from '../draw/layers/ruler.js';
import { palette, forgetPalette } from '../draw/theme.js';
import { forgetTiles } from '../draw/tiles.js';
import { h } from './dom.js';
import { makeOverview } from './overview.js';
import { makeSentence } from './sentence.js';
import { makeTable } from './timeline_table.js';
import { makeDetail } from './timeline/detail.js';
import { arrowsOf, factsOf } from './timeline/facts.js';
import { makeHead } from './timeline/head.js';
import { handleKeys } from './timeline/keys.js';
import { makeLabels } from './timeline/labels.js';
import { stateAtPixel } from './timeline/pixels.js';
import { handlePointer } from './timeline/pointer.js';
import { makeTip, objectTip, spanTip } from './timeline/tip.js';
import { repaintMarks } from './timeline/words.js';

const NO_ROWS = { rows: [], height: 0, ground: null, key: '' };
const SLOW_MS = 100, CALM_MS = 1000;
/** A live link answers a ping well within this; what is drawn beyond would be invented. */
const SILENCE_MS = 3000;

export function mount(root, app) {
  const { store } = app, edge = new LiveEdge(), phone = matchMedia('(max-width: 719px)'), calm = matchMedia('(prefers-reduced-motion: reduce)');
  const costs = new Float64Array(600);
  let trace = null, layout = NO_ROWS, until = 0, width = 0, view = whole(0), liveWidth = 0, touched = false, frame = 0, frames = 0, slowAt = -Infinity, calmAt = -Infinity, calmTimer = 0;
  let w = 0, height = 0, hover = null, asTable = false, alive = true, selectedFacts = null, shown = null, layoutFor = '';
  const open = new Set();
  const g = () => (phone.matches ? PHONE : WIDE);

  // the panel's elements
  const canvas = h('canvas', { class: 'tl-canvas', 'aria-hidden': 'true' });
  const area = h('div', { class: 'cvw', role: 'application', tabindex: '0', 'aria-roledescription': 'timeline', 'aria-label': 'Timeline of threads. Arrow keys step, T shows the same as a table.' }, canvas);
  const labels = makeLabels((thread) => select(thread), (stem) => { open.has(stem) ? open.delete(stem) : open.add(stem); relayout(); });
  const scroller = h('div', { class: 'tl' }, labels.element, area);
  const overview = makeOverview((next) => look(next));
  const head = makeHead(app, { follow: toggleFollow, table: toggleTable, zoomIn: () => zoomBy(0.6), zoomOut: () => zoomBy(1 / 0.6), whole: showWhole });
  const detail = makeDetail(app, { previous: () => spanStep(-1), next: () => spanStep(1), close: () => { store.set({ selection: null }); area.focus({ preventScroll: true }); } });
  const table = makeTable(app, (thread, seq, at) => seek(at, thread, seq));
  const sentence = makeSentence(app, (row) => seek(trace.events.at[row], trace.events.thread[row], row + trace.firstSeq));
  area.setAttribute('aria-describedby', sentence.described);
  root.classList.add('timeline');
  root.replaceChildren(head.element, overview.element, scroller, table.element, detail.element, sentence.element, head.legend);
  const tip = makeTip(root);

  // time and window
  const T = (x) => view.t0 + (x / w) * (view.t1 - view.t0), X = (t) => ((t - view.t0) / (view.t1 - view.t0)) * w;
  const isLive = () => ['live', 'reconnecting', 'starting'].includes(store.get().run) && Boolean(trace) && !trace.ended;

  /** The visitor chose this window: the live edge is followed no more. */
  function look(next) {
    touched = true;
    liveWidth = 0;
    view = next;
    store.set({ following: false });
    dirty();
  }
  function zoomBy(factor, x = X(store.get().playhead ?? (isLive() && store.get().following ? until : (view.t0 + view.t1) / 2))) {
    if (!trace) return;
    if (isLive() && store.get().following) {
      liveWidth = Math.min(Math.max((view.t1 - view.t0) * factor, 1e5), Math.max(until, 1e6) * 1.2);
      dirty();
    } else look(zoom(view, factor, T(x), until));
  }
  const panBy = (px) => { if (trace) look(pan(view, (px / w) * (view.t1 - view.t0), until)); };
  function showWhole() { if (trace) { look(whole(until)); touched = false; if (isLive()) store.set({ following: store.get().playhead === null }); } }
  function toggleFollow() {
    const { playhead, following } = store.get();
    if (playhead !== null || !following) store.set({ playhead: null, following: true, ...(isLive() ? {} : { selection: null }) });
    else if (isLive()) look({ ...view });
    if (!isLive() && !touched) view = whole(until);
    dirty();
  }

  // playhead and selection
  /** Looks back at time t; selects the thread's event if one is given. */
  function seek(t, thread = null, seq = null) {
    view = reveal(view, t, until);
    touched = true;
    liveWidth = 0;
    store.set({ playhead: Math.max(0, Math.min(t, until)), following: false, ...(thread === null ? {} : { selection: { thread, seq } }) });
    dirty();
  }
  function select(thread, seq = null) {
    store.set({ selection: { thread, seq } });
    keepInSight(thread);
    dirty();
  }
  /** Scrolls the rows so that a lane is in sight. */
  function keepInSight(thread) {
    const row = layout.rows.find((each) => (each.kind === 'lane' ? each.id === thread : each.members?.includes(thread)));
    if (!row) return;
    if (row.y - g().ruler < scroller.scrollTop) scroller.scrollTop = row.y - g().ruler;
    else if (row.y + row.h > scroller.scrollTop + height) scroller.scrollTop = row.y + row.h - height;
  }
  function selectedSpan() {
    const { selection } = store.get();
    if (!trace || !selection || !trace.lanes[selection.thread]) return null;
    const lane = trace.lanes[selection.thread], event = selection.seq === null || selection.seq === undefined ? null : trace.eventAt(selection.seq);
    const t = event?.thread === selection.thread ? event.at : momentOf(store.get().playhead, until);
    if (lane.cuts.length && lane.cutAt(t, trace)) return null;
    return factsOf(trace, selection.thread, lane.spanAt(t), until);
  }
  /** The next or previous event that changes something, from the playhead. */
  function stepEvent(direction, wanted) {
    if (!trace?.count) return;
    const { playhead, selection } = store.get();
    let row = playhead === null ? trace.count : trace.rowAt(playhead);
    const chosen = selection?.seq == null ? -1 : selection.seq - trace.firstSeq;
    if (playhead !== null && chosen >= 0 && chosen < trace.count && trace.events.at[chosen] === playhead) row = chosen;
    const next = stepRow(trace.count, row, direction, wanted);
    if (next >= 0) { seek(trace.events.at[next], trace.events.thread[next], next + trace.firstSeq); keepInSight(trace.events.thread[next]); }
  }
  function spanStep(direction) {
    const facts = selectedSpan();
    if (!facts) return;
    const { spans } = trace.lanes[facts.thread], span = facts.span + direction;
    if (span >= 0 && span < spans.count) seek(spans.start[span], facts.thread, spans.seq[span]);
  }
  function chooseThread(place, from = null) {
    if (!trace) return;
    const lanes = layout.rows.filter((row) => row.kind === 'lane'), now = lanes.findIndex((row) => row.id === store.get().selection?.thread);
    const row = lanes[from === null ? place : Math.max(0, Math.min(lanes.length - 1, now < 0 ? (from > 0 ? 0 : lanes.length - 1) : now + from))];
    if (row) { select(row.id); announceTip(); }
  }
  function nextFinding() {
    if (!trace?.findings.length) return;
    const t = store.get().playhead ?? -1, sorted = [...trace.findings].sort((a, b) => (a.at_ns ?? 0) - (b.at_ns ?? 0));
    const finding = sorted.find((each) => (each.at_ns ?? 0) > t) ?? sorted[0];
    seek(finding.at_ns ?? 0, finding.threads?.[0] ?? null, finding.threads?.length ? null : undefined);
  }
  /** By keyboard the tooltip comes at once. */
  function announceTip() {
    const facts = selectedSpan(), y = facts && shown?.laneY.get(facts.thread);
    if (!facts || y === undefined || y === null) return;
    const box = scroller.getBoundingClientRect(), left = area.getBoundingClientRect().left;
    tip.show(`k${facts.thread}/${facts.span}`, () => spanTip(app, trace, facts, isDead(facts)), left + Math.max(0, X(facts.from)), box.top + y + g().pitch - 4, true);
  }
  const isDead = (facts) => { const dead = shown?.dead.get(facts.thread); return Boolean(dead && dead.from === facts.from); };

  // pointer
  function rowAt(y) { return shown?.rows.find((row) => y >= Math.max(row.y, g().ruler) && y < row.y + row.h) ?? null; }
  function spanUnder(x, y) {
    const row = rowAt(y);
    if (!trace || !row || row.kind !== 'lane') return null;
    const t = T(x), at = t > until ? null : trace.stateAt(row.id, t);
    if (!at || at.state === NONE) return null;
    return nearest(row.id, at.span, x);
  }
  /** A wait narrower than a pixel is easy to miss: within 2 px the pointer takes the span that the pixel shows. */
  function nearest(thread, span, x) {
    const { spans } = trace.lanes[thread], t0 = T(x - 2), t1 = T(x + 2);
    let best = span;
    for (let i = Math.max(0, span - 4); i < Math.min(spans.count, span + 5); i++) {
      if (spans.start[i] <= t1 && spans.end[i] >= t0 && (spans.state[i] === 5 || spans.state[i] === 9) && (spans.end[i] - spans.start[i]) / (view.t1 - view.t0) * w < 3) best = i;
    }
    return { thread, span: best };
  }
  function hoverAt(x, y) {
    if (x === null || !trace) { if (hover) { hover = null; store.set({ hover: null }); dirty(); } tip.hide(); return; }
    const under = spanUnder(x, y), box = scroller.getBoundingClientRect(), left = area.getBoundingClientRect().left;
    const same = under && hover && under.thread === hover.thread && under.span === hover.span;
    if (!same && (under || hover)) {
      hover = under;
      store.set({ hover: under ? { thread: under.thread, seq: trace.lanes[under.thread].spans.seq[under.span] } : null });
      dirty();
    }
    if (under) {
      const facts = factsOf(trace, under.thread, under.span, until);
      tip.show(`s${under.thread}/${under.span}`, () => spanTip(app, trace, factsOf(trace, under.thread, under.span, until), isDead(facts)), left + Math.max(0, Math.min(X(facts.from), x)), box.top + shown.laneY.get(under.thread) + g().pitch - 4);
      return;
    }
    const row = rowAt(y), t = T(x);
    if (row?.obj && t >= 0 && t <= until) tip.show(`o${row.obj}/${Math.round(x / 6)}`, () => objectTip(trace, row.obj, t), left + x, box.top + row.y + row.h - 4);
    else tip.hide();
  }
  function clickAt(x, y) {
    if (!trace) return;
    const under = spanUnder(x, y), row = rowAt(y);
    if (row?.kind === 'group') { open.has(row.stem) ? open.delete(row.stem) : open.add(row.stem); relayout(); return; }
    const t = Math.max(0, Math.min(T(x), until));
    touched = true;
    store.set({ playhead: t, following: false, selection: under ? { thread: under.thread, seq: trace.lanes[under.thread].spans.seq[under.span] } : null });
    dirty();
  }
  const offs = [
    handlePointer(area, scroller, { ruler: () => g().ruler, zoom: (factor, x) => zoomBy(factor, x), pan: panBy, scrub: (x) => { if (trace) { touched = true; store.set({ playhead: Math.max(0, Math.min(T(x), until)), following: false }); } },
      click: clickAt, hover: hoverAt, doubleClick: (x) => { const facts = selectedSpan(); if (facts && trace) look({ t0: facts.from - facts.lasted * 0.2, t1: facts.to + facts.lasted * 0.2 + 1000 }); else zoomBy(0.5, x); } }),
    handleKeys(area, { pan: (share) => panBy(share * w), step: (direction) => stepEvent(direction, (row) => worthSaying(trace, row)), thread: (by) => chooseThread(0, by), choose: (n) => chooseThread(n),
      end: (side) => { if (!trace) return; if (side < 0) seek(0); else { store.set({ playhead: null, following: true }); if (!isLive()) view = reveal(view, until, until); dirty(); } },
      details: () => { if (!store.get().selection) chooseThread(0, 1); announceTip(); }, follow: toggleFollow, zoom: (factor) => zoomBy(factor), whole: showWhole, table: toggleTable, finding: nextFinding,
      ofThread: (direction) => { const thread = store.get().selection?.thread ?? 0; stepEvent(direction, (row) => trace.events.thread[row] === thread && worthSaying(trace, row)); },
      escape: () => { if (!tip.element.hidden) { tip.hide(); return true; } if (!store.get().selection && store.get().playhead === null) return false; store.set({ selection: null, playhead: null }); return true; } },
    () => store.get().singleKeys !== false),
    store.on(['trace'], newTrace),
    store.on(['version'], () => { if (trace) { edge.observe(trace.until, performance.now()); dirty(); } }),
    store.on(['run', 'playhead', 'selection', 'following', 'place'], dirty),
    store.on(['view'], () => { const wanted = store.get().view; if (wanted && wanted !== view && (wanted.t0 !== view.t0 || wanted.t1 !== view.t1)) look({ ...wanted }); }),
    store.on(['theme'], themed),
  ];
  function listen(target, name, fn) { target.addEventListener(name, fn); offs.push(() => target.removeEventListener(name, fn)); }
  listen(scroller, 'scroll', () => { tip.hide(); dirty(); });
  listen(document, 'themechange', themed);
  listen(phone, 'change', () => { layoutFor = ''; dirty(); });
  listen(matchMedia('(forced-colors: active)'), 'change', themed);
  const sizes = new ResizeObserver(() => { measure(); dirty(); });
  sizes.observe(scroller);
  sizes.observe(area);
  document.fonts?.ready.then(dirty);

  function themed() {
    forgetPalette();
    forgetTiles();
    overview.forget();
    repaintMarks(root);
    dirty();
  }
  function newTrace() {
    trace = store.get().trace;
    edge.reset();
    if (trace?.until) edge.observe(trace.until, performance.now());
    hover = null;
    tip.hide();
    open.clear();
    liveWidth = 0;
    touched = false;
    layoutFor = '';
    scroller.scrollTop = 0;
    view = whole(trace?.until ?? 0);
    dirty();
  }
  function toggleTable() {
    asTable = !asTable;
    scroller.hidden = asTable;
    table.element.hidden = !asTable;
    tip.hide();
    dirty();
    (asTable ? table.element : area).focus({ preventScroll: true });
  }
  listen(table.element, 'keydown', (event) => { if ((event.key === 't' || event.key === 'T' || event.key === 'Escape') && !event.ctrlKey && !event.metaKey) { event.preventDefault(); toggleTable(); } });
  function relayout() { layoutFor = ''; dirty(); }
  function measure() {
    w = area.clientWidth;
    height = scroller.clientHeight;
  }

  // frames
  function dirty() { if (!frame && alive) frame = requestAnimationFrame(paint); }

  function paint(now) {
    frame = 0;
    const begun = performance.now(), { run, playhead, following, selection, place } = store.get(), live = isLive();
    if (live && calm.matches && now - calmAt < CALM_MS && now - calmAt > 0 && touched === false && playhead === null && frames > 0) {
      clearTimeout(calmTimer);
      calmTimer = setTimeout(dirty, CALM_MS - (now - calmAt));
      return;
    }
    calmAt = now;
    until = !trace ? 0 : live ? edge.at(begun, trace.until, run === 'live' && app.net.silence < SILENCE_MS) : trace.until;
    if (trace) {
      if (live && following) view = follow(until, liveWidth);
      else if (!live && !touched) view = whole(until);
      layoutNow();
    }
    if (!w || !height) measure();
    if (w && !asTable) {
      const high = canvasHeight(), { c, dpr } = fit(canvas, w, high), p = palette();
      canvas.style.width = `${w}px`;
      canvas.style.height = `${high}px`;
      if (trace?.threads.length) drawTrace(c, p, dpr, live, playhead, selection);
      else drawNothing(c, p, dpr, run);
      overview.draw({ trace, view, until, w, ended: !live });
    }
    const quick = !live || begun - slowAt > SLOW_MS;
    if (quick) {
      slowAt = begun;
      head.update({ run, until, trace, following, playhead, asTable, place });
      if (trace) detail.show(trace, selectedFacts ?? (asTable ? selectedSpan() : null), selectedFacts ? isDead(selectedFacts) : false);
      if (asTable) table.update(trace, view, until);
      sentence.update(trace, momentOf(playhead, until), !live || playhead !== null);
    }
    const before = store.get().view;
    if (!before || before.t0 !== view.t0 || before.t1 !== view.t1) store.set({ view });
    costs[frames++ % costs.length] = performance.now() - begun;
    if (live) dirty();
  }

  const canvasHeight = () => Math.max(1, Math.min(height || layout.height, layout.height || emptyHeight()));
  const emptyHeight = () => g().ruler + 3 * g().pitch + 8;

  function layoutNow() {
    const key = `${trace.threads.length}|${trace.shown.length}|${[...open]}|${phone.matches}|${trace.gil}|${trace.gilSpans.count > 0}`;
    if (key === layoutFor) return;
    layoutFor = key;
    layout = { ...rowsOf(trace, g(), open), key };
    area.style.height = `${layout.height}px`;
    measure();
  }

  function drawTrace(c, p, dpr, live, playhead, selection) {
    selectedFacts = selectedSpan();
    const hovered = hover ? factsOf(trace, hover.thread, hover.span, until) : null, ring = (facts) => facts && { thread: facts.thread, start: facts.from, end: facts.to };
    const picked = arrowsOf(trace, selectedFacts ?? hovered);
    if (selection?.seq != null) picked.add(selection.seq);
    shown = viewOf({ trace, p, g: g(), w, h: canvasHeight(), dpr, t0: view.t0, t1: view.t1, until, live, playhead, layout, top: scroller.scrollTop, hovered: ring(hovered), selected: ring(selectedFacts), picked });
    drawFrame(c, shown);
    labels.update(trace, layout, g(), scroller.scrollTop, height, selection?.thread ?? null);
  }

  function drawNothing(c, p, dpr, run) {
    layout = NO_ROWS;
    layoutFor = '';
    selectedFacts = null;
    area.style.height = `${emptyHeight()}px`;
    labels.update(null, { rows: [], height: emptyHeight(), key: '' }, g(), 0, 0, null);
    const nothing = { p, g: g(), w, h: emptyHeight(), dpr, t0: 0, t1: 1e8, ticks: null, chips: [], slowed: [], x: () => -10 };
    drawRuler(c, { ...nothing, ticks: [] });
    drawEmpty(c, nothing, run === 'starting' || run === 'live' ? 'Starting' : run === 'queued' ? 'Waiting for a place' : 'Run it to see its threads');
  }

  /** For tests that compare the picture with the trace, and for measuring. All x, y are CSS pixels of the canvas. */
  root.timeline = {
    canvas,
    laneRect(thread) {
      const y = shown?.laneY.get(thread), off = (g().pitch - g().span) / 2;
      return y === undefined ? null : { x: 0, y: y + off, width: w, height: g().span };
    },
    timeAt: T,
    xAt: X,
    stateAtPixel(thread, t) {
      const rect = this.laneRect(thread);
      return rect && stateAtPixel(canvas, palette(), X(t), rect.y, rect.height, canvas.width / w);
    },
    show(t0, t1) { look({ t0, t1 }); paint(performance.now()); },
    view: () => ({ ...view }),
    until: () => until,
    paint: () => { cancelAnimationFrame(frame); frame = 0; paint(performance.now()); },
    /** Script milliseconds of the last frames (at most 600). */
    costs: () => Array.from(costs.subarray(0, Math.min(frames, costs.length))),
    clearCosts() { frames = 0; },
  };
  app.liveEdge = () => until;
  newTrace();

  return () => {
    alive = false;
    cancelAnimationFrame(frame);
    clearTimeout(calmTimer);
    offs.forEach((off) => off());
    sizes.disconnect();
    root.replaceChildren();
    delete root.timeline;
  };
}
