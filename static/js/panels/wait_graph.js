/** A picture of who waits for whom: threads as tags, objects rounded; orange edges wait, grey ones are held by, a dashed end is a wait that nobody ends. */
import { folded, waitFor, waitWords } from '../core/wait_for.js';
import { h, svg } from './dom.js';

const MARGIN = 3;
const NODE_HEIGHT = 26, WORD_HEIGHT = 14;
const LETTERS = 18;
/** With more nodes it goes down instead of across: a card is narrow, and words that are made smaller cannot be read. */
const MOST_ACROSS = 7;
const TIP = 8;
let dagre = null;
let numbered = 0;

/**
 * The picture of a finding's waits, as a figure that is filled once the layout has been loaded (the first time only), or null where the trace shows
 * nobody waiting.
 */
export function waitGraph(trace, finding) {
  const graph = waitFor(trace, finding);
  if (!graph) return null;
  const figure = h('figure', { class: 'waits-picture' });
  dagre ??= import('../../vendor/dagre.js');
  dagre.then((library) => {
    const drawn = draw(graph, library);
    figure.classList.toggle('wide', drawn.wide);
    figure.replaceChildren(drawn.element, ...(graph.more ? [h('figcaption', {}, `and ${graph.more} more waiting`)] : []));
  }, () => figure.replaceChildren(h('figcaption', {}, waitWords(graph))));
  return figure;
}

function draw(graph, library) {
  const { layout, turned, width, height } = laidOut(graph, library);
  const id = `waits-${++numbered}`, words = waitWords(graph);
  const element = svg('svg', { class: 'wfg', viewBox: `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`, width: width + 2 * MARGIN, height: height + 2 * MARGIN,
    role: 'img', 'aria-labelledby': `${id}-t ${id}-d` },
  svg('title', { id: `${id}-t` }, graph.circle.length ? 'Who waits for whom: a circle' : 'Who waits for whom'), svg('desc', { id: `${id}-d` }, words),
  ...graph.edges.map((edge) => edgeMark(edge, layout.edge(...ends(edge, turned)), turned.get(edge))),
  ...graph.nodes.map((node) => nodeMark(node, layout.node(node.id))));
  return { element, wide: width > 300 };
}

const ends = (edge, turned) => (turned.get(edge) ? [edge.to, edge.from] : [edge.from, edge.to]);

function laidOut(graph, { Graph, layout: arrange }) {
  const layout = new Graph(), turned = folded(graph);
  layout.setGraph({ rankdir: graph.nodes.length > MOST_ACROSS ? 'TB' : 'LR', nodesep: 22, ranksep: 16, edgesep: 14 });
  for (const node of graph.nodes) layout.setNode(node.id, { width: widthOf(node), height: NODE_HEIGHT });
  for (const edge of graph.edges) layout.setEdge(...ends(edge, turned), { width: edge.word ? edge.word.length * 5.6 + 10 : 8, height: edge.word ? WORD_HEIGHT : 2, labelpos: 'c', minlen: 1 });
  arrange(layout);
  const { width, height } = layout.graph();
  return { layout, turned, width: Math.ceil(width), height: Math.ceil(height) };
}

const short = (text) => (text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}\u2026` : text);
const widthOf = ({ kind, text }) => (kind === 'thread' ? Math.max(36, text.length * 9 + 14) : kind === 'object' ? Math.max(44, short(text).length * 7 + 20) : text.length * 5.6 + 16);

function nodeMark(node, { x, y, width, height }) {
  const rx = node.kind === 'thread' ? 5 : height / 2;
  return svg('g', { class: `${node.kind} ${node.kind === 'thread' ? `id-${node.identity}` : ''} ${node.inCircle ? 'in-circle' : ''}`, transform: `translate(${x} ${y})`, 'data-node': node.name },
    svg('title', {}, node.over ? `${node.name}, which has ended` : node.name), svg('rect', { x: -width / 2, y: -height / 2, width, height, rx }), svg('text', { y: 0.5 }, node.kind === 'nobody' ? node.text : short(node.text)));
}

/** The way dagre found, as a smooth line with its word on it and a tip where it really ends. */
function edgeMark(edge, { points, x, y }, turned) {
  const way = turned ? [...points].reverse() : points;
  const end = way.at(-1), before = way.at(-2);
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const [ux, uy] = [(end.x - before.x) / length, (end.y - before.y) / length];
  const stop = { x: end.x - ux * (TIP - 2), y: end.y - uy * (TIP - 2) };
  const tip = `${end.x},${end.y} ${end.x - ux * TIP - uy * 4},${end.y - uy * TIP + ux * 4} ${end.x - ux * TIP + uy * 4},${end.y - uy * TIP - ux * 4}`;
  return svg('g', { class: `${edge.kind === 'waits' ? 'waits' : edge.kind === 'held' ? 'held' : 'open-end'} ${edge.inCircle ? 'in-circle' : ''}` },
    svg('path', { class: 'edge', d: smooth([...way.slice(0, -1), stop]) }),
    ...(edge.kind === 'nobody' ? [] : [svg('polygon', { class: 'tip-mark', points: tip })]),
    ...(edge.word ? [svg('text', { class: 'word', x, y }, edge.word)] : []));
}

/** Through the middles of the stretches, bent at the points between. */
function smooth(points) {
  const [first, ...rest] = points, last = rest.pop();
  let d = `M${round(first)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1] ?? last;
    const to = index === rest.length - 1 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    d += `Q${round(point)} ${round(to)}`;
  });
  return rest.length ? d : `${d}L${round(last)}`;
}

const round = ({ x, y }) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
