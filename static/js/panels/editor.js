/** The program: edited here, marked with where each thread is at the playhead, kept in this browser until Reset. */
import { EditorView } from '../../vendor/codemirror.js';
import { wrongLine } from '../app.js';
import { CRASHED, STATE_KEYS } from '../core/states.js';
import { standing } from '../core/step_states.js';
import { showsFailure } from '../finding.js';
import { recall, remember } from '../remembered.js';
import { h } from './dom.js';
import { createEditor } from './editor_setup.js';
import { marks, setHotKnob, setThreadMarks, setWrong } from './editor_marks.js';
import { atMoment } from './moment.js';

const SAVE_PAUSE_MS = 400;
/** States that tint a line, the one that wins a shared line first. */
const TINTED = ['crashed', 'blocked', 'running', 'gil', 'io', 'sleeping', 'ready'];

export function mount(root, app) {
  const { page, store } = app;
  const key = `code:${page.share?.id || page.slug || 'blank'}`;
  const title = h('h2', { id: 'editor-title' }, page.filename);
  const note = h('span', { class: 'faint' });
  const reset = h('button', { class: 'btn s', type: 'button' }, 'Reset');
  const mine = h('button', { class: 'btn s', type: 'button', title: 'You edited this program before; bring that back', hidden: true }, 'Your edits');
  const host = h('div', { class: 'ed' });
  const after = h('span', { class: 'sr', tabindex: '-1' }, 'After the editor');
  root.append(h('div', { class: 'head' }, title, note, h('span', { class: 'grow' }), mine, reset), host, after);

  const saved = recall(key), edits = typeof saved === 'string' && saved.trim() ? saved : '';
  // A link opens exactly what was shared; one's own edits of it are a click away, and come back by themselves only where they were left.
  const start = edits && (!page.share || page.left) ? edits : page.source;
  mine.hidden = !edits || start === edits;
  const leave = EditorView.domEventHandlers({
    keydown: (event, view) => {
      if (event.key !== 'Escape' || view.dom.querySelector('.cm-search')) return false;
      after.focus();
      return true;
    },
  });
  const view = createEditor(host, start, [...marks(page.knobs.map((knob) => knob.name)), leave, EditorView.updateListener.of(onUpdate)],
    `Program ${page.filename}. Escape leaves the editor.`);
  app.editor = view;

  let saving = 0;
  function onUpdate(update) {
    if (!update.docChanged) return;
    store.set({ source: update.state.doc.toString(), error: null });
    clearTimeout(saving);
    saving = setTimeout(save, SAVE_PAUSE_MS);
  }
  function save() {
    const { source } = store.get();
    remember(key, source === page.source ? null : source);
  }
  /** The source as the store has it, changing only what differs, so that cursor and history stay. */
  function follow() {
    const { source } = store.get();
    const now = view.state.doc.toString();
    if (source !== now) view.dispatch({ changes: difference(now, source) });
    describe();
  }
  function describe() {
    const { source, trace, ranSource } = store.get();
    const edited = source !== page.source;
    reset.disabled = !edited;
    reset.title = edited ? 'Bring back the program as it came' : 'Nothing was changed';
    const stale = trace && source !== ranSource;
    note.textContent = stale ? 'edited since this run; the marks return with the next one' : trace && store.get().mode !== 'free' && store.get().steps?.count ? `at step ${store.get().step}` : edited ? 'edited, kept in this browser' : 'lines light up as threads reach them';
  }
  reset.addEventListener('click', () => {
    store.set({ source: page.source, error: null });
    view.focus();
  });

  mine.addEventListener('click', () => {
    mine.hidden = true;
    store.set({ source: edits, error: null });
    view.focus();
  });

  let shown = '';
  function mark(trace, t) {
    const { source, ranSource, mode, steps, step } = store.get();
    const list = !trace || source !== ranSource || (mode === 'find' && !showsFailure(store.get())) ? [] : mode === 'free' || !steps ? marksAt(trace, t) : marksOfSteps(trace, steps, step);
    const print = list.map(({ line, state, threads }) => `${line}${state}${threads.map((thread) => thread.tag)}`).join(';');
    if (print === shown) return;
    shown = print;
    view.dispatch({ effects: setThreadMarks.of(list) });
  }
  function showSelected() {
    const { selection, trace, playhead, source, ranSource } = store.get();
    if (!trace || source !== ranSource || selection?.thread == null) return;
    const line = trace.stateAt(selection.thread, playhead ?? trace.until)?.line;
    if (line && line <= view.state.doc.lines) view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'nearest', yMargin: 42 }) });
  }
  /** The line of whoever makes the next step, or made the last one. */
  function showStep() {
    const { mode, steps, step, source, ranSource } = store.get();
    if (mode === 'free' || !steps?.count || source !== ranSource || view.hasFocus) return;
    const line = steps.standAt(steps.chosenAt(step), step)?.line || steps.step(step).stand?.line;
    if (line && line <= view.state.doc.lines) view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'nearest', yMargin: 63 }) });
  }
  function showError() {
    const { error } = store.get();
    view.dispatch({ effects: setWrong.of(error?.line ? error : null) });
    if (error?.line) view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(Math.min(error.line, view.state.doc.lines)).from, { y: 'center' }) });
  }
  const offs = [
    store.on(['source'], follow), store.on(['trace', 'ranSource', 'step', 'mode'], describe), store.on(['error'], showError), store.on(['step', 'steps'], showStep), store.on(['selection', 'playhead'], showSelected),
    store.on(['hotKnob'], () => view.dispatch({ effects: setHotKnob.of(store.get().hotKnob ?? null) })), atMoment(app, mark),
  ];
  addEventListener('pagehide', save);
  // What lies beneath comes and goes, and the program gets another height: the line must not fall out of sight.
  const sizes = new ResizeObserver(showStep);
  sizes.observe(host);
  store.set({ source: start });
  describe();
  return () => { offs.forEach((off) => off()); removeEventListener('pagehide', save); sizes.disconnect(); view.destroy(); };
}

/** Where every thread is at time t, by line, the state that matters most giving the tint. */
export const marksAt = (trace, t) => linesOf(trace, (thread) => trace.stateAt(thread.id, t));

/** Where every thread stands after k steps of a controlled run. */
export function marksOfSteps(trace, steps, k) {
  return linesOf(trace, ({ id }) => {
    const stand = steps.standAt(id, k), { state } = standing(steps, trace, id, k);
    return { state, line: (state === CRASHED && crashLine(trace, id)) || (stand ? stand.line : trace.stateAt(id, steps.timeOf(k)).line) };
  });
}

/** The line that ended the program, if that thread ran it; 0: not known. */
function crashLine(trace, id) {
  const first = trace.findings.find((finding) => finding.kind === 'crash');
  return first?.threads?.includes(id) && trace.ended ? wrongLine(trace, trace.ended)?.line ?? 0 : 0;
}

function linesOf(trace, stateOf) {
  const lines = new Map();
  for (const thread of trace.threads) {
    const at = stateOf(thread);
    const rank = TINTED.indexOf(STATE_KEYS[at?.state ?? 0]);
    if (rank < 0 || !at.line) continue;
    const entry = lines.get(at.line) ?? { line: at.line, rank, threads: [] };
    entry.threads.push({ tag: thread.tag, identity: thread.identity, name: thread.name, rank });
    entry.rank = Math.min(entry.rank, rank);
    lines.set(at.line, entry);
  }
  return [...lines.values()].sort((a, b) => a.line - b.line)
    .map(({ line, rank, threads }) => ({ line, state: TINTED[rank], threads: threads.sort((a, b) => a.rank - b.rank) }));
}

/** The smallest single replacement that turns one text into the other. */
function difference(before, after) {
  let start = 0;
  const most = Math.min(before.length, after.length);
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
