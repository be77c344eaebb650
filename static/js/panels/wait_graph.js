/** A picture of a deadlock: threads and objects in a ring; orange arrows wait for, grey ones are held by. */
import { svg } from './dom.js';

const MOST = 5;
const WIDE = 220;
const NODE = { width: 58, height: 26 };

/** @returns {SVGElement|null} null where the trace does not show a ring that can be drawn */
export function waitGraph(trace, finding) {
  const ring = ringOf(trace, finding);
  if (!ring) return null;
  const tall = ring.length <= 4 ? 100 : 150;
  const nodes = ring.map((node, index) => ({ ...node, ...place(index, ring.length, tall) }));
  const words = nodes.filter((node) => node.kind === 'thread').map((node, index) => `${node.name} waits for ${nodes[(nodes.indexOf(node) + 1) % nodes.length].name}`);
  return svg('svg', { class: 'wfg', viewBox: `0 0 ${WIDE} ${tall}`, role: 'img', 'aria-label': words.join(', ') },
    ...nodes.map((node, index) => edge(node, nodes[(index + 1) % nodes.length])), ...nodes.map(box));
}

/** Thread, object, thread, object ...: each thread waits for the next object, which the next thread holds. */
function ringOf(trace, finding) {
  const at = finding.at_ns ?? trace.until;
  const first = finding.threads[0];
  const ring = [];
  let thread = first;
  do {
    const object = waitedFor(trace, thread, at);
    const owner = object ? trace.objectAt(object.id, at).owner : null;
    if (!object || owner === null || ring.length >= 2 * MOST || !trace.threads[thread]) return null;
    ring.push({ kind: 'thread', name: trace.threads[thread].name, text: trace.threads[thread].tag, identity: trace.threads[thread].identity });
    ring.push({ kind: 'obj', name: object.name, text: object.name });
    thread = owner;
  } while (thread !== first);
  return ring.length >= 4 ? ring : null;
}

/** By the object's own line of waiters: it holds also where the lanes have a gap. */
function waitedFor(trace, thread, at) {
  for (const id of trace.shown) if (trace.objectAt(id, at).waiters.includes(thread)) return trace.objects.get(id);
  return null;
}

function place(index, count, tall) {
  if (count === 4) {
    const [x, y] = [[0, 0], [1, 0], [1, 1], [0, 1]][index];
    return { x: 34 + x * (WIDE - 76), y: 18 + y * (tall - 36) };
  }
  const angle = (2 * Math.PI * index) / count - Math.PI / 2;
  return { x: WIDE / 2 + Math.cos(angle) * (WIDE / 2 - 36), y: tall / 2 + Math.sin(angle) * (tall / 2 - 16) };
}

function box(node) {
  const width = node.kind === 'thread' ? 40 : Math.max(NODE.width, Math.min(96, node.text.length * 7 + 16));
  const text = node.text.length > 12 ? `${node.text.slice(0, 11)}\u2026` : node.text;
  return svg('g', { class: node.kind === 'thread' ? `thread id-${node.identity}` : 'obj', transform: `translate(${node.x} ${node.y})` },
    svg('title', {}, node.name), svg('rect', { x: -width / 2, y: -NODE.height / 2, width, height: NODE.height, rx: node.kind === 'thread' ? 5 : 13 }), svg('text', { y: 0.5 }, text));
}

function edge(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = [dx / length, dy / length];
  const gap = (node) => Math.min(Math.abs(ux) > 0.01 ? ((node.kind === 'thread' ? 20 : 30) + 4) / Math.abs(ux) : Infinity, Math.abs(uy) > 0.01 ? (NODE.height / 2 + 4) / Math.abs(uy) : Infinity);
  const [x0, y0, x1, y1] = [from.x + ux * gap(from), from.y + uy * gap(from), to.x - ux * gap(to), to.y - uy * gap(to)];
  const waits = from.kind === 'thread';
  const tip = `${x1},${y1} ${x1 - ux * 8 - uy * 4},${y1 - uy * 8 + ux * 4} ${x1 - ux * 8 + uy * 4},${y1 - uy * 8 - ux * 4}`;
  return svg('g', { class: waits ? 'waits' : 'held' }, svg('path', { class: 'edge', d: `M${x0} ${y0}L${x1 - ux * 6} ${y1 - uy * 6}` }), svg('polygon', { class: 'tip-mark', points: tip }),
    svg('text', { class: 'word', x: (x0 + x1) / 2, y: (y0 + y1) / 2 + (Math.abs(uy) < 0.3 ? -9 : 0) }, waits ? 'waits for' : 'held by'));
}
