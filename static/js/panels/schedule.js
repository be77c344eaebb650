/** The Schedule mode's card: the steps of a controlled run on a canvas, the transport above them, who may run next below. */
import { stepRowsOf, WIDE_STEPS, PHONE_STEPS, columnAt, columnLeft, fittingWidth, totalWidth } from '../draw/step_geometry.js';
import { drawStepFrame, stepViewOf } from '../draw/step_frame.js';
import { stuckFor, turnOf, waitWords } from '../core/step_states.js';
import { shortWord, verb } from '../core/step_words.js';
import { CLOCK } from '../core/steps.js';
import { fit } from '../draw/fit.js';
import { forgetPalette, palette } from '../draw/theme.js';
import { forgetTiles } from '../draw/tiles.js';
import { h, icon, say } from './dom.js';
import { makeBranches } from './schedule/branches.js';
import { makeChoices } from './schedule/choices.js';
import { makeGranularity } from './schedule/granularity.js';
import { handleStepKeys } from './schedule/keys.js';
import { stepSentence } from './schedule/sentence.js';
import { makeStepTip } from './schedule/tip.js';
import { makeTransport } from './schedule/transport.js';
import { makeLabels } from './timeline/labels.js';

const MOVE_MS = 180, ZOOM = 1.25, AHEAD = 0.62;

export function mount(root, app) {
  const { store, actions } = app, phone = matchMedia('(max-width: 719px)'), calm = matchMedia('(prefers-reduced-motion: reduce)');
  const transport = makeTransport(app), branches = makeBranches(app), granularity = makeGranularity(app), choices = makeChoices(app);
  const canvas = h('canvas', { class: 'tl-canvas', 'aria-hidden': 'true' });
  const area = h('div', { class: 'cvw steps', role: 'img', 'aria-label': 'Steps by thread' }, canvas);
  const labels = makeLabels((thread) => { if (choices.options().includes(thread)) choices.pick(thread); else actions.select(thread); }, () => {});
  const content = h('div', { class: 'stl-in' }, labels.element, area), scroller = h('div', { class: 'stl', tabindex: '0', role: 'group', 'aria-label': 'Steps by thread. Left and right step, the same as a table under Values.' }, content);
  const note = h('p', { class: 'note', hidden: true });
  const empty = h('p', { class: 'empty-note' }, 'Run it: the program stops before every step, and you decide who goes on.');
  const again = h('button', { class: 'btn line phone', type: 'button', onclick: () => actions.run() }, icon('play'), 'Run again');
  root.classList.add('schedule');
  root.append(h('div', { class: 'head' }, h('div', { class: 'desk' }, transport.element), h('span', { class: 'faint desk keys-hint' }, h('kbd', {}, '\u2190'), ' ', h('kbd', {}, '\u2192'), ' step'), again, h('span', { class: 'grow' }), branches.element, granularity.element),
    note, scroller, empty, choices.element);
  const tip = makeStepTip(root, app);
  let frame = 0, alive = true, areaWidth = 0, layout = { rows: [], height: 0 }, layoutFor = null, view = null, wide = 0, zoomed = 0, position = 0, move = null, hover = -1, seen = null, spoken = '';
  const g = () => (phone.matches ? PHONE_STEPS : WIDE_STEPS);

  /** What is drawn: the shown run, or behind the cursor the one that the card under the pointer leads to. */
  function shown() {
    const { steps, trace, preview } = store.get();
    return preview ? { steps: preview.steps, trace: preview.trace } : { steps, trace };
  }
  const endsIn = ({ trace, steps }) => Boolean(trace?.ended) && trace.ended.outcome !== 'ok' && steps.count > 0;
  /** Where the playhead belongs: behind the column of the end when everything is done. */
  const goal = (run) => { const { step } = store.get(); return step >= run.steps.count && endsIn(run) ? step + 1 : step; };

  function dirty() { if (!frame && alive) frame = requestAnimationFrame(paint); }

  function paint(now) {
    frame = 0;
    const run = shown(), { steps, mode } = store.get();
    if (mode === 'free') return;
    const there = Boolean(steps?.count);
    if (there && room) { place(run, now); draw(run); }
    transport.update();
    branches.update();
    granularity.update();
    choices.update();
    notice();
    empty.hidden = there;
    again.hidden = !there;
    scroller.hidden = !there;
    if (there) { speak(); return; }
    empty.textContent = emptyWords();
    seen = null;
  }

  /** Sizes and the scrolled place are kept: asking for them in a frame would lay out the page twice. */
  let room = 0, high = 0, left = 0, top = 0;
  const names = () => (phone.matches ? 44 : 158);
  function measure() {
    room = scroller.clientWidth ? Math.max(120, scroller.clientWidth - names()) : 0;
    if (seen && high !== scroller.clientHeight) seen.step = -1; // the lane that ran must stay in sight
    high = scroller.clientHeight;
    dirty();
  }
  function scrollTo(x) { scroller.scrollLeft = left = Math.max(0, x); }
  function size(width, height) {
    if (area.dataset.size === `${width}/${height}`) return;
    area.dataset.size = `${width}/${height}`;
    area.style.width = `${width}px`;
    area.style.height = `${height}px`;
    areaWidth = width;
  }

  function emptyWords() {
    const { error, run, picking, note: said, trace } = store.get();
    if (run === 'queued') return 'Waiting for a place.';
    if (picking) return 'Starting.';
    if (error?.message || said || trace?.ended) return trace?.ended?.sentence || said || error?.message || 'The program came to its end without a step.';
    return 'Run it: the program stops before every step, and you decide who goes on.';
  }

  function notice() {
    const { note: said, steps, source, ranSource, error } = store.get();
    const words = steps?.count ? (source !== ranSource ? 'The program was edited since this run. Run it, or pick a thread: the steps then start anew.' : said || (error && !error.line ? error.message : '')) : '';
    say(note, words);
    note.hidden = !words;
  }

  /** Layout, zoom, and the playhead on its way. */
  function place(run, now) {
    const { steps, step } = store.get(), columns = run.steps.count + (endsIn(run) ? 1 : 0), fresh = seen === null || seen.trace !== store.get().trace;
    if (layoutFor !== run.trace || layout.phone !== phone.matches) { layoutFor = run.trace; layout = { ...stepRowsOf(run.trace, run.steps, g()), phone: phone.matches, key: `${run.trace.run}|${phone.matches}` }; }
    wide = zoomed ? Math.max(g().least, Math.min(g().most, zoomed)) : fittingWidth(columns, room, g());
    size(Math.max(room, totalWidth(columns, wide, g())), layout.height);
    const target = goal(run);
    if (!seen || fresh && Math.abs(position - target) > 3 || calm.matches) { position = target; move = null; }
    else if (seen.target !== target) move = { from: position, to: target, at: now };
    if (move) {
      const part = Math.min(1, Math.max(0, (now - move.at) / MOVE_MS)), eased = 1 - (1 - part) ** 3;
      position = move.from + (move.to - move.from) * eased;
      if (part >= 1) { position = move.to; move = null; }
    }
    if (!seen || seen.step !== step || seen.trace !== store.get().trace) reveal(target);
    seen = { trace: store.get().trace, step, target, steps };
    if (move) dirty();
  }

  /** Keeps the playhead and some of what follows in sight, and the lane of whoever ran. */
  function reveal(at) {
    const { steps, step } = store.get(), row = layout.rows.find(({ kind, id }) => kind === 'lane' && id === steps.chosenAt(Math.max(0, step - 1)));
    if (row && high && (row.y < top + g().ruler || row.y + row.h > top + high)) scroller.scrollTop = top = Math.max(0, row.y < top + g().ruler ? row.y - row.h - g().ruler : row.y + 2 * row.h - high);
    const x = columnLeft(at, at, wide, g()), most = areaWidth - room;
    if (most <= 0) { left = 0; return; }
    if (x < left + wide || x > left + room * 0.8) scrollTo(Math.min(most, x - room * (x < left ? 1 - AHEAD : AHEAD)));
  }

  function draw(run) {
    const { step, trace } = store.get(), w = room, height = Math.max(1, Math.min(high || layout.height, layout.height)), { c, dpr } = fit(canvas, w, height), p = palette();
    if (canvas.dataset.size !== `${w}/${height}`) {
      canvas.dataset.size = `${w}/${height}`;
      canvas.style.width = `${w}px`;
      canvas.style.height = `${height}px`;
    }
    view = stepViewOf({ trace: run.trace, steps: run.steps, p, g: g(), w, h: height, dpr, wide, left, top, position, cursor: step, layout, end: endsIn(run), stuck: stuckFor(run.trace),
      words: (k) => wordsOf(run, k), waits: (thread, column, at) => waitWords(run.trace, run.steps.standAt(thread, column), at), hover });
    drawStepFrame(c, view);
    labels.update(run.trace, layout, g(), top, high, store.get().selection?.thread ?? null);
    area.setAttribute('aria-label', `Steps 1 to ${run.steps.count} by thread; ${step} are done`);
    drawn(trace, step);
  }

  /** When the newest state was drawn, for whoever measures: how long from a click to the picture. */
  function drawn(trace, step) {
    const key = `${trace.run}|${step}|${store.get().preview?.thread ?? ''}`;
    if (app.lastDrawn?.key === key) return;
    app.lastDrawn = { key, run: trace.run, step, at: performance.now() };
    performance.mark('threadplay:step-drawn', { detail: { run: trace.run, step } });
  }

  function speak() {
    const { steps, step, trace } = store.get(), key = `${trace.run}|${step}`;
    if (key === spoken) return;
    if (spoken || step > 0) actions.announce(stepSentence(trace, steps, step, store.get().picked));
    spoken = key;
  }

  // the pointer
  const columnOf = (event) => { const run = shown(); return run.steps?.count ? columnAt(event.clientX - area.getBoundingClientRect().left, position, wide, g(), run.steps.count) : -1; };
  const rowOf = (event) => { const y = event.clientY - scroller.getBoundingClientRect().top; return view?.rows.find((row) => y >= Math.max(row.y, g().ruler) && y < row.y + row.h) ?? null; };
  area.addEventListener('pointermove', (event) => {
    if (event.pointerType === 'touch') return;
    if (event.buttons & 1 && dragged) { dragged(event); return; }
    const column = columnOf(event), row = rowOf(event);
    if (column !== hover) { hover = column; dirty(); }
    area.style.cursor = column >= 0 ? 'pointer' : '';
    tip.at(shown(), column, row, event, view);
  });
  area.addEventListener('pointerleave', () => { hover = -1; tip.hide(); dirty(); });
  let dragged = null;
  area.addEventListener('pointerdown', (event) => {
    if (event.button || event.clientY - scroller.getBoundingClientRect().top >= g().ruler) return;
    area.setPointerCapture(event.pointerId);
    dragged = (to) => { const x = to.clientX - area.getBoundingClientRect().left; actions.stepTo(Math.max(0, Math.round((x - 8 - g().playhead / 2) / wide))); };
    dragged(event);
  });
  area.addEventListener('pointerup', () => { setTimeout(() => { dragged = null; }); });
  area.addEventListener('click', (event) => {
    if (dragged) return;
    const column = columnOf(event), row = rowOf(event), { step } = store.get();
    tip.hide();
    if (column < 0) return;
    const thread = row?.kind === 'lane' ? row.id : row?.kind === 'clock' ? CLOCK : null;
    if (column === step && thread !== null && choices.options().includes(thread)) choices.pick(thread);
    else actions.stepTo(column + 1);
  });
  scroller.addEventListener('wheel', (event) => {
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, event.clientX - area.getBoundingClientRect().left); return; }
    if (scroller.scrollHeight - scroller.clientHeight > 1 || Math.abs(event.deltaX) > Math.abs(event.deltaY) || areaWidth <= room) return;
    event.preventDefault();
    scroller.scrollLeft += event.deltaY;
  }, { passive: false });
  scroller.addEventListener('scroll', () => { left = scroller.scrollLeft; top = scroller.scrollTop; tip.hide(); dirty(); });
  function zoom(factor, x = null) {
    const run = shown();
    if (!run.steps?.count) return;
    const before = wide, anchor = x ?? columnLeft(position, position, wide, g());
    zoomed = Math.max(g().least, Math.min(g().most, wide * factor));
    const offset = anchor - left;
    place(run, performance.now());
    scrollTo(anchor * (zoomed / before) - offset);
    dirty();
  }

  const offs = [
    handleStepKeys(app, { choices, branches, zoom: (direction) => (direction === 0 ? (zoomed = 0, dirty()) : zoom(direction > 0 ? ZOOM : 1 / ZOOM)) }),
    store.on(['steps', 'step', 'trace', 'preview', 'branches', 'branch', 'granularity', 'mode', 'note', 'run', 'picking', 'error', 'source', 'selection', 'search', 'orders', 'ranSource'], dirty),
    store.on(['theme'], themed),
    store.on(['python'], () => { if (store.get().mode === 'controlled' && store.get().steps) actions.run(); }),
  ];
  function themed() { forgetPalette(); forgetTiles(); dirty(); }
  const listen = (target, name, fn) => { target.addEventListener(name, fn); offs.push(() => target.removeEventListener(name, fn)); };
  listen(document, 'themechange', themed);
  listen(phone, 'change', measure);
  const sizes = new ResizeObserver(measure);
  sizes.observe(scroller);
  document.fonts?.ready.then(dirty);
  dirty();

  /** For tests: where things are drawn, and what. */
  root.schedule = {
    canvas,
    view: () => view,
    laneY: (thread) => view?.laneY.get(thread),
    columnX: (column) => view.X(column) + wide / 2,
    settled: () => !frame && !move,
  };
  return () => { alive = false; cancelAnimationFrame(frame); offs.forEach((off) => off()); sizes.disconnect(); root.replaceChildren(); };
}

/** The words in a step's box: with the value that was read or written where the name is a followed one. */
function wordsOf({ steps, trace }, k) {
  const { thread, stand } = steps.step(k);
  if (thread < 0) return { short: 'time', verb: '' };
  const value = stand && (stand.kind === 'read' ? steps.valueAt(stand.name, k - 1) : stand.kind === 'write' ? steps.valueAt(stand.name, k) : undefined);
  const turn = turnOf(steps, trace, k);
  return { short: shortWord(stand, value, turn), verb: verb(stand, turn) };
}
