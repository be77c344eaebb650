/** The picture of all orders, as a list one can choose from: arrows move along the ends, Enter or a press replays an order. */
import { classTree, placeTree, tally, turns } from '../core/class_tree.js';
import { CLOCK } from '../core/run_lengths.js';
import { plural } from '../core/words.js';
import { classesFor } from '../finding.js';
import { svg } from './dom.js';

const LEAST_WIDTH = 300, COLUMN = 26, START = 7, NAMES = 520, MOST_TURNS = 18;
/** Words for how an order ended, singular and plural. */
export const ENDS = { clean: ['completes', 'complete'], deadlock: ['deadlocks', 'deadlock'], exception: ['fails', 'fail'] };

let numbered = 0;

/**
 * @param {any[]} classes @param {number} pitch between ends
 * @param {{named?: boolean, before?: () => void, tell?: (words: string) => void}} how `named`: how each ended and came about, in words; `before` an order is opened; `tell` the words of the end under the pointer or the focus
 */
export function treePicture(app, state, classes, pitch, { named = false, before = () => {}, tell = () => {} } = {}) {
  const path = state.steps?.count && state.mode !== 'free' ? pathOf(state) : [];
  const tree = classTree(classes, path, state.step ?? 0), width = Math.max(LEAST_WIDTH, named ? COLUMN * tree.columns.length : 0), height = placeTree(tree, width, pitch), id = `orders-${++numbered}`;
  const nodes = [];
  const lines = [[], [], []];
  const visit = (node) => { if (node.parent) lines[node.on].push(...stretch(node, tree.here)); nodes.push(node); node.kids.forEach(visit); };
  visit(tree.root);
  const counted = tree.leaves.filter(({ leaf }) => leaf !== null), shown = ownEnd(state);
  const words = tree.leaves.map((leaf) => wordsOf(state, tree, leaf, counted.indexOf(leaf) + 1, leaf.leaf === null ? shown : classes[leaf.leaf], counted.length));
  const options = tree.leaves.map((leaf, index) => option(leaf, id, index, words[index], named));
  const list = svg('svg', { viewBox: `0 0 ${width + (named ? NAMES : 0)} ${height}`, width: width + (named ? NAMES : 0), height, role: 'listbox', tabindex: 0, 'aria-label': label(classes) },
    svg('g', { 'aria-hidden': 'true' }, ...stem(tree), ...lines.flat(), ...here(tree)), ...options);
  let at = Math.max(0, tree.leaves.findIndex((leaf) => leaf.on > 0));
  const point = (index) => {
    at = index;
    options.forEach((each, i) => { each.classList.toggle('at', i === index); });
    list.setAttribute('aria-activedescendant', `${id}-${index}`);
    tell(words[index].whole);
    options[index].scrollIntoView?.({ block: 'nearest' });
  };
  const choose = (index) => {
    const { leaf } = tree.leaves[index];
    if (leaf === null) return;
    before();
    app.actions.replayOrder(classes[leaf].choices);
  };
  list.addEventListener('focus', () => point(at));
  list.addEventListener('blur', () => { options.forEach((each) => each.classList.remove('at')); tell(''); });
  const under = (event) => options.indexOf(event.target.closest('[role=option]'));
  list.addEventListener('pointerover', (event) => tell(words[under(event)]?.whole ?? ''));
  list.addEventListener('pointerleave', () => tell(''));
  list.addEventListener('keydown', (event) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (to !== undefined) point(Math.min(options.length - 1, Math.max(0, to)));
    else if (event.key === 'Enter' || event.key === ' ') choose(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('click', (event) => {
    const index = under(event);
    if (index >= 0) choose(index);
  });
  return list;
}

/** The choices of the run that is shown. */
const pathOf = ({ steps }) => Array.from({ length: steps.count }, (_, k) => steps.chosenAt(k));

/** What all orders have in common at their beginning. */
function stem({ root, here: standing }) {
  const whole = { d: `M${START} ${root.y}H${root.x}` };
  if (!standing) return [svg('path', { class: 'line', ...whole })];
  if (root.on === 2) return [svg('path', { class: 'bold', ...whole })];
  const reached = START + (root.x - START) * standing.part;
  return [svg('path', { class: 'ghost', ...whole }), svg('path', { class: 'bold', d: `M${START} ${root.y}H${reached}` })];
}

/** From the parent to the node; where the cursor stands in between, its part is solid and the rest dashed. */
function stretch(node, standing) {
  const { parent: from } = node, bend = Math.min(22, (node.x - from.x) / 2);
  const d = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${node.x - bend} ${node.y} ${node.x} ${node.y}`;
  if (node.on === 0 || node.on === 2) return [svg('path', { class: node.on ? 'bold' : 'line', d })];
  const ghost = svg('path', { class: 'ghost', d });
  if (standing?.node !== node || standing.part <= 0) return [ghost];
  return [ghost, svg('path', { class: 'bold', d, pathLength: 100, 'stroke-dasharray': `${standing.part * 100} 100` })];
}

/** The white node where the cursor stands. */
function here({ here: standing, root }) {
  if (!standing) return [];
  const { node, part } = standing, from = node.parent ?? { x: START, y: root.y };
  const bend = Math.min(22, (node.x - from.x) / 2), at = bezier([from.x, node.parent ? from.x + bend : from.x, node.parent ? node.x - bend : node.x, node.x], [from.y, from.y, node.y, node.y], part);
  return [svg('circle', { class: 'here', cx: at.x, cy: at.y, r: 4.5 })];
}

function bezier(x, y, t) {
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  const sum = (values) => values.reduce((total, value, index) => total + value * weights[index], 0);
  return { x: sum(x), y: sum(y) };
}

/** How the run ended that is shown, in the words of a class. */
function ownEnd({ trace }) {
  const { outcome, error = '' } = trace?.ended ?? {};
  return { verdict: { ok: 'clean', deadlock: 'deadlock', failed: 'exception' }[outcome] ?? 'unknown', error, message: '' };
}

/** An order in words: its number (0: the shown one, which is none of those that were run) and end, whose turns it is made of from where the orders part, and all of that. */
function wordsOf(state, { root }, leaf, number, ended, total) {
  const { trace } = state, name = (who) => (who === CLOCK ? 'clock' : trace?.threads[who]?.tag ?? `thread ${who}`), end = endOf(ended);
  const runs = turns(leaf.row ?? [], root.depth), shown = runs.slice(0, MOST_TURNS).map(({ who, count }) => (count > 1 ? `${name(who)}\u00d7${count}` : name(who))).join(' ');
  const way = `${shown}${runs.length > MOST_TURNS ? ' \u2026' : ''}`, which = number ? `Order ${number} of ${total}` : classesFor(state).complete ? 'The order shown, which counts as one of the others' : 'The order shown';
  return { number, kind: ended.verdict, end, way, whole: `${which}: ${end}${way ? `. ${root.depth ? `After step ${root.depth}: ` : ''}${way}` : ''}` };
}

function option(leaf, id, index, { number, kind, end, way, whole }, named) {
  return svg('g', { role: 'option', id: `${id}-${index}`, class: `leaf ${kind}${number ? '' : ' own'}`, 'aria-selected': String(leaf.on > 0), 'aria-label': whole, transform: `translate(${leaf.x} ${leaf.y})` },
    svg('rect', { class: 'reach', x: -12, y: -7, width: named ? NAMES : 24, height: 14 }), ...marks(kind, 4), ...(named ? [called(number, end, way)] : []));
}

/** Number, end and way of an order, beside its mark. */
function called(number, end, way) {
  const part = (words, extra) => { const span = svg('tspan', extra); span.textContent = words; return span; };
  const short = end.length > 32 ? `${end.slice(0, 31)}\u2026` : end;
  return svg('text', { y: 0.5 }, part(number ? `${number}` : 'shown', { class: 'faint', x: 14 }), part(short, { x: number ? 42 : 56 }), part(way.length > 64 ? `${way.slice(0, 63)}\u2026` : way, { class: 'faint', dx: 10 }));
}

const endOf = ({ verdict, error, message }) => (verdict === 'exception' ? `${error}${message ? `: ${message}` : ''}` : ENDS[verdict]?.[0] ?? 'not settled');

/** Circle: complete; square with a cross: failed; ring: not known. */
function marks(kind, size) {
  if (kind === 'clean') return [svg('circle', { class: 'end', r: size })];
  if (kind === 'deadlock' || kind === 'exception') return [svg('rect', { class: 'end', x: -size, y: -size, width: 2 * size, height: 2 * size, rx: 1.5 }), svg('path', { class: 'cross', d: 'M-2 -2l4 4m0-4l-4 4' })];
  return [svg('circle', { class: 'ring', r: size - 0.5 })];
}

/** The same glyph beside a word. */
export const glyph = (kind) => svg('svg', { class: `leaf ${kind}`, viewBox: '-5 -5 10 10', width: 11, height: 11, 'aria-hidden': 'true' }, ...marks(kind, 4));

function label(classes) {
  const { total, complete, deadlock, exception } = tally(classes);
  const parts = [[complete, 'clean'], [deadlock, 'deadlock'], [exception, 'exception']].filter(([count]) => count).map(([count, kind]) => `${count} ${ENDS[kind][count === 1 ? 0 : 1]}`);
  return `${plural(total, 'order')}: ${parts.join(', ')}`;
}

