/** All different orders of a small program as a tree: a leaf is a whole order, its glyph says how it ended; a press replays it in Schedule. */
import { tally } from '../core/class_tree.js';
import { elapsed, pace } from '../core/verdict.js';
import { plural } from '../core/words.js';
import { classesFor, isSearching } from '../finding.js';
import { showDialog } from './dialog.js';
import { h, icon, say } from './dom.js';
import { ENDS, glyph, treePicture } from './tree_picture.js';

/** Pixels between two ends: of a few orders, of many, in the dialog. */
const PITCH = 14, TIGHT = 10, FEW = 9;
/** In the dialog: the pitches that one can zoom to, and the first one. */
const PITCHES = [11, 14, 18, 26, 36], ROOMY = 26;
const HINT = 'The pointer or the arrow keys name an order; a press replays it.';

export function mount(root, app) {
  root.classList.add('tree');
  let print = '', searching = false;
  const draw = () => {
    const state = app.store.get(), { orders, trace, step } = state;
    const { classes, complete } = drawable(state);
    root.hidden = !treeWanted(state);
    const next = [root.hidden, classes.length, complete, orders.state, orders.progress?.executions, step, trace?.run, orders.error?.message].join();
    if (print === next) return;
    print = next;
    const focused = root.contains(document.activeElement), top = root.querySelector('.tree-room')?.scrollTop;
    root.classList.toggle('many', classes.length > FEW);
    root.replaceChildren(...(root.hidden ? [] : parts(app, state, classes, complete)));
    const room = root.querySelector('.tree-room');
    if (room && top !== undefined) room.scrollTop = top;
    if (focused) root.querySelector('[role=listbox], button')?.focus({ preventScroll: true });
    if (searching && orders.state === 'done') root.scrollIntoView({ block: 'nearest' });
    searching = isSearching(orders);
  };
  const off = app.store.on(['orders', 'search', 'mode', 'trace', 'steps', 'step', 'source', 'granularity', 'hunt'], draw);
  draw();
  return () => { off(); root.replaceChildren(); };
}

/** Orders worth a tree: all of them, or all that a search for them saw; not the few that a search saw before it failed. */
function drawable(state) {
  const known = classesFor(state);
  return known.complete || known.all ? known : { classes: [], complete: false };
}

/** Under control, of a program that runs and could be searched. */
export function treeWanted({ mode, steps, search }) {
  if (search.explored?.verdict === 'inconclusive') return false;
  return mode === 'controlled' ? Boolean(steps?.count) : mode === 'find' && search.state === 'done' && Boolean(search.explored?.executions);
}

function parts(app, state, classes, complete) {
  const { orders } = state;
  if (isSearching(orders)) {
    const { progress } = orders;
    return [h('p', { class: 'sub num' }, h('span', { class: 'live' }, 'Running all orders'), ' ', progress ? `${pace(progress)}, ${elapsed(progress.seconds)}` : ''),
      h('button', { class: 'btn s', type: 'button', onclick: () => app.actions.stopFindingAll() }, 'Stop')];
  }
  const again = h('button', { class: 'btn line s', type: 'button', onclick: () => app.actions.findAll() }, 'Show all orders');
  if (!classes.length) return [h('p', { class: 'sub' }, notShown(orders)), again];
  const name = h('p', { class: 'tree-name', 'aria-hidden': 'true' }, HINT);
  const picture = treePicture(app, state, classes, classes.length > FEW ? TIGHT : PITCH, { tell: (said) => say(name, said || HINT) });
  return [h('div', { class: 'tree-room' }, picture), words(app, classes, complete), name];
}

/** Why there is no tree. */
function notShown({ state, error, explored }) {
  if (state === 'done' && error) return error.message;
  if (state === 'done' && explored) return explored.reason ? `${explored.reason}.` : 'No order could be run to its end.';
  return 'Every order that differs, as a tree: how many complete, and how many fail?';
}

function words(app, classes, complete) {
  const counts = tally(classes);
  const line = (kind, count) => (count ? h('span', {}, glyph(kind), `${count.toLocaleString('en-US')} ${ENDS[kind][count === 1 ? 0 : 1]}`) : null);
  return h('div', { class: 'tx' }, h('b', {}, heading(counts.total, complete)),
    line('clean', counts.complete), line('deadlock', counts.deadlock), line('exception', counts.exception), complete ? null : h('span', { class: 'faint' }, 'These are not all.'),
    h('button', { class: 'as-link', type: 'button', onclick: () => openTree(app, classes, complete) }, 'Open the tree'));
}

const heading = (total, complete) => (!complete ? `${plural(total, 'order')} seen` : total === 1 ? 'The only order' : `All ${plural(total, 'order')}`);

/** The tree in full, with a row for each order; nearer or farther by two buttons. */
function openTree(app, classes, complete) {
  const state = app.store.get(), place = h('div', { class: 'tree whole' });
  let at = PITCHES.indexOf(ROOMY);
  const button = (picture, label, by) => h('button', { class: 'btn icon line', type: 'button', 'aria-label': label, title: label, onclick: () => zoom(by) }, icon(picture));
  const farther = button('minus', 'Smaller', -1), nearer = button('plus', 'Larger', 1);
  const zoom = (by) => {
    const before = PITCHES[at], middle = place.scrollTop + place.clientHeight / 2;
    at = Math.min(PITCHES.length - 1, Math.max(0, at + by));
    farther.disabled = at === 0;
    nearer.disabled = at === PITCHES.length - 1;
    place.replaceChildren(treePicture(app, state, classes, PITCHES[at], { named: true, before: () => dialog.close() }));
    place.scrollTop = middle * (PITCHES[at] / before) - place.clientHeight / 2;
  };
  const dialog = showDialog(heading(classes.length, complete), [
    h('div', { class: 'tree-about' }, h('p', {}, complete ? '' : 'These are not all. ', 'Each end is one order; they part where another thread goes on. Orders that differ only in steps that do not touch each other count once. A press replays an order.'), farther, nearer),
    place], 'widest');
  zoom(0);
  place.querySelector('.leaf[aria-selected=true]')?.scrollIntoView({ block: 'center' });
}
