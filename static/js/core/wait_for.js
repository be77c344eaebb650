// Who waits for whom when nobody can go on: threads and objects as nodes, "waits for" and "held by" as edges, the circle among them marked.
import { BLOCKED, CRASHED, DONE, KILLED } from './states.js';

/** More nodes than these make no picture: the circle and its neighbours stay, the rest is counted. */
export const MOST_NODES = 12;

/** What would end a wait that nobody is left to end, by family of primitive. */
const NOBODY = [
  [/Semaphore$/, 'nobody left to release it'], [/^Condition$/, 'nobody left to notify'], [/^Event$/, 'nobody left to set it'],
  [/^Barrier$/, 'nobody left to arrive'], [/Lock$/, 'nobody left to release it'], [/Future/, 'nobody left to finish it'],
];
const QUEUE = { 'queue.get_blocked': 'nobody left to put', 'queue.put_blocked': 'nobody left to take', 'queue.joining': 'nobody left to finish the tasks' };

/**
 * The graph at the finding's moment: nodes {id, kind: "thread" | "object" | "nobody", name, text, identity, over, inCircle}, edges {from, to,
 * kind: "waits" | "held" | "nobody", word, inCircle}, circle (node ids in order, or empty), more (waiting threads left out). Null where the trace
 * shows nobody waiting.
 */
export function waitFor(trace, finding) {
  const at = finding.at_ns ?? trace.until;
  const graph = { nodes: new Map(), edges: [] };
  const open = [...(finding.threads ?? [])];
  const seen = new Set();
  while (open.length) {
    const thread = open.shift();
    if (seen.has(thread) || !trace.threads[thread]) continue;
    seen.add(thread);
    const next = wait(graph, trace, thread, at);
    if (next !== null) open.push(next);
  }
  if (!graph.edges.length) return null;
  const circle = circleOf(graph.edges);
  for (const id of circle) graph.nodes.get(id).inCircle = true;
  circle.forEach((id, index) => { for (const edge of graph.edges) if (edge.from === id && edge.to === circle[(index + 1) % circle.length]) edge.inCircle = true; });
  return cut([...graph.nodes.values()], graph.edges, circle);
}

/** Adds what that thread waits for; the thread that could end the wait, or null. */
function wait(graph, trace, thread, at) {
  const { obj, seq } = waitedFor(trace, thread, at);
  if (!obj) return null;
  const from = threadNode(graph, trace, thread, at);
  const joined = trace.threads.find((each) => each?.obj === obj);
  if (joined) {
    link(graph, from, threadNode(graph, trace, joined.id, at), 'waits', 'joins');
    return joined.id;
  }
  const object = objectNode(graph, trace, obj);
  link(graph, from, object, 'waits', 'waits for');
  const owner = trace.logs.get(obj)?.ownerAt(at) ?? null;
  if (owner !== null && trace.threads[owner]) {
    link(graph, object, threadNode(graph, trace, owner, at), 'held', 'held by');
    return owner;
  }
  const words = QUEUE[trace.eventAt(seq)?.name] ?? NOBODY.find(([family]) => family.test(trace.objects.get(obj).primitive))?.[1] ?? 'nobody left to end it';
  const nobody = `n${obj} ${words}`;
  if (!graph.nodes.has(nobody)) graph.nodes.set(nobody, { id: nobody, kind: 'nobody', name: words, text: words, inCircle: false });
  link(graph, object, nobody, 'nobody', '');
  return null;
}

/** By the thread's own state, else by an object's line of waiters: that holds also where the lanes have a gap. */
function waitedFor(trace, thread, at) {
  const { state, obj, seq } = trace.stateAt(thread, at);
  if (state === BLOCKED && trace.objects.has(obj)) return { obj, seq };
  for (const id of trace.logs.keys()) {
    const found = trace.objectAt(id, at).waits.find((each) => each.thread === thread);
    if (found && trace.objects.has(id)) return { obj: id, seq: found.seq };
  }
  return { obj: 0, seq: -1 };
}

function threadNode(graph, trace, thread, at) {
  const id = `t${thread}`, { name, tag, identity } = trace.threads[thread];
  const { state } = trace.stateAt(thread, at);
  if (!graph.nodes.has(id)) graph.nodes.set(id, { id, kind: 'thread', name, text: tag, identity, over: state === DONE || state === CRASHED || state === KILLED, inCircle: false });
  return id;
}

function objectNode(graph, trace, obj) {
  const id = `o${obj}`, { name, primitive } = trace.objects.get(obj);
  if (!graph.nodes.has(id)) graph.nodes.set(id, { id, kind: 'object', name: name || primitive, text: name || primitive, inCircle: false });
  return id;
}

function link({ edges }, from, to, kind, word) {
  if (!edges.some((edge) => edge.from === from && edge.to === to)) edges.push({ from, to, kind, word, inCircle: false });
}

/** The node ids of one circle, beginning with a thread; empty if there is none. Every node has at most one way on but for shared objects, so walking finds it. */
function circleOf(edges) {
  const ways = new Map();
  for (const { from, to } of edges) ways.set(from, [...(ways.get(from) ?? []), to]);
  for (const start of ways.keys()) {
    const path = walk(ways, start, [start], new Set());
    if (path) return path;
  }
  return [];
}

function walk(ways, start, path, dead) {
  for (const next of ways.get(path.at(-1)) ?? []) {
    if (next === start) return path[0].startsWith('t') ? path : [...path.slice(1), path[0]];
    if (path.includes(next) || dead.has(next)) continue;
    const found = walk(ways, start, [...path, next], dead);
    if (found) return found;
    dead.add(next);
  }
  return null;
}

/** At most MOST_NODES: first the circle, then what is nearest to it. */
function cut(nodes, edges, circle) {
  const near = (node) => (node.inCircle ? 0 : edges.some((edge) => edge.from === node.id && circle.includes(edge.to)) ? 1 : 2);
  const rank = (node) => near(node) * 1000 + nodes.indexOf(node);
  const kept = new Set([...nodes].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_NODES).map((node) => node.id));
  const shown = edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to));
  const touched = new Set(shown.flatMap((edge) => [edge.from, edge.to]));
  const left = nodes.filter((node) => touched.has(node.id));
  return { nodes: left, edges: shown, circle: circle.every((id) => touched.has(id)) ? circle : [],
    more: nodes.filter((node) => node.kind === 'thread' && !touched.has(node.id)).length };
}

/** The graph in words, one sentence an edge, and the circle: what the picture shows. */
export function waitWords({ nodes, edges, circle, more }) {
  const name = new Map(nodes.map((node) => [node.id, node.name]));
  const told = edges.map((edge) => (edge.kind === 'nobody' ? `${name.get(edge.from)}: ${name.get(edge.to)}.` : `${name.get(edge.from)} ${edge.kind === 'held' ? 'is held by' : edge.word} ${name.get(edge.to)}.`));
  const round = circle.length ? [`A circle: ${[...circle, circle[0]].map((id) => name.get(id)).join(', ')}.`] : [];
  return [...told, ...round, ...(more ? [`${more} more ${more === 1 ? 'thread waits' : 'threads wait'}.`] : [])].join(' ');
}

/**
 * Which way each edge goes in a layout without loops: a circle is folded into two rows between its first node and the one opposite; other
 * edges keep their way. @returns {Map<object, boolean>} true: turned round
 */
export function folded({ edges, circle }) {
  const turned = new Map();
  for (const edge of edges) {
    const from = circle.indexOf(edge.from), to = circle.indexOf(edge.to);
    const depth = (index) => Math.min(index, circle.length - index);
    turned.set(edge, edge.inCircle && depth(from) > depth(to));
  }
  return turned;
}
