// All different orders of a small program as one tree: leaves are whole executions, they part where their choices first differ.
import { CLOCK, readChoices } from './run_lengths.js';

/** What the orders came to: {total, complete, deadlock, exception, other}. */
export function tally(classes) {
  const counts = { total: classes.length, complete: 0, deadlock: 0, exception: 0, other: 0 };
  for (const { verdict } of classes) counts[verdict === 'clean' ? 'complete' : verdict in counts ? verdict : 'other']++;
  return counts;
}

/** Whose turn it is from step `from` on, as runs: [{who, count}]. */
export function turns(choices, from = 0) {
  const runs = [];
  for (const who of choices.slice(from)) {
    if (runs.at(-1)?.who === who) runs.at(-1).count++;
    else runs.push({ who, count: 1 });
  }
  return runs;
}

/**
 * How the orders that begin with `prefix` end, as far as they were run, as a tally. Another order may stand for the same class, so
 * an empty answer means "not tried", never "none".
 */
export function endingsAfter(classes, prefix) {
  return tally(classes.filter((each) => {
    const choices = (each.row ??= readChoices(each.choices));
    return choices.length >= prefix.length && prefix.every((who, at) => choices[at] === who);
  }));
}

/**
 * The tree of `classes` ({verdict, error, choices}) with the shown order `path` in it. A node is {depth, kids, leaf (number of the class, or null),
 * unknown, on (0: no, 1: would happen, 2: happened)}; `leaves` are its ends from top to bottom, `here` says on which stretch the cursor
 * stands: {node, part} with `part` of the way from the node's parent to it.
 * @param {{verdict: string, error: string, choices: string}[]} classes @param {number[]} path @param {number} cursor
 */
export function classTree(classes, path = [], cursor = 0) {
  const rows = classes.map((each, leaf) => ({ choices: readChoices(each.choices), leaf }));
  const known = rows.some(({ choices }) => path.length <= choices.length && path.every((who, at) => choices[at] === who));
  if (path.length && !known) rows.push({ choices: path, leaf: null });
  rows.sort((a, b) => compare(a.choices, b.choices) || (a.leaf ?? Infinity) - (b.leaf ?? Infinity));
  const root = rows.length ? grow(rows, 0) : { depth: 0, kids: [], leaf: null, unknown: true };
  const leaves = [];
  mark(root, path, cursor, leaves);
  return { root, leaves, here: path.length ? standing(root, Math.min(cursor, path.length)) : null, columns: columnsOf(root) };
}

function compare(one, other) {
  for (let i = 0; i < one.length && i < other.length; i++) if (one[i] !== other[i]) return (one[i] === CLOCK ? Infinity : one[i]) - (other[i] === CLOCK ? Infinity : other[i]);
  return one.length - other.length;
}

/** The node at which these rows, alike up to `depth`, part or end. */
function grow(rows, depth) {
  const first = rows[0].choices;
  while (rows.every(({ choices }) => choices.length > depth && choices[depth] === first[depth])) depth++;
  const [done, going] = [rows.filter(({ choices }) => choices.length === depth), rows.filter(({ choices }) => choices.length > depth)];
  if (!going.length) return { depth, kids: [], leaf: done[0].leaf, unknown: done[0].leaf === null, row: first };
  const groups = new Map();
  for (const row of going) groups.set(row.choices[depth], [...(groups.get(row.choices[depth]) ?? []), row]);
  const kids = [...done.map(({ leaf, choices }) => ({ depth, kids: [], leaf, unknown: leaf === null, row: choices })), ...[...groups.values()].map((group) => grow(group, depth + 1))];
  return { depth, kids, leaf: null, unknown: false, row: first };
}

/** Which stretches lie on the path; collects the leaves. */
function mark(node, path, cursor, leaves) {
  const along = path.slice(0, node.depth).every((who, at) => node.row?.[at] === who);
  const lies = path.length > 0 && path.length >= node.depth && along;
  node.on = !lies ? 0 : cursor >= node.depth ? 2 : 1;
  if (!node.kids.length) leaves.push(node);
  for (const kid of node.kids) {
    kid.parent = node;
    mark(kid, path, cursor, leaves);
  }
}

/** The stretch on which the cursor stands. */
function standing(root, cursor) {
  let node = root;
  while (node.depth < cursor) {
    const next = node.kids.find((kid) => kid.on > 0);
    if (!next) return { node, part: 1 };
    if (next.depth > cursor || !next.kids.length) {
      const from = node.depth;
      return { node: next, part: next.depth > from ? Math.min(1, (cursor - from) / (next.depth - from)) : 1 };
    }
    node = next;
  }
  return { node, part: node.depth > 0 && !node.parent ? cursor / node.depth : 1 };
}

/** The depths at which something parts, rising: each is a column of the drawing. */
function columnsOf(root) {
  const depths = new Set();
  const visit = (node) => { if (node.kids.length) { depths.add(node.depth); node.kids.forEach(visit); } };
  visit(root);
  return [...depths].sort((a, b) => a - b);
}

/**
 * Where everything lies in a drawing `width` wide with leaves `pitch` apart: sets x and y of each node; leaves stand in one column at the right.
 * A stem leads from x = `left` to the root. @returns {number} the height
 */
export function placeTree({ root, leaves, columns }, width, pitch, left = 12) {
  const right = width - pitch / 2 - 2, stem = 14;
  const at = new Map(columns.map((depth, index) => [depth, left + stem + (index * (right - left - stem)) / Math.max(1, columns.length)]));
  leaves.forEach((leaf, index) => { leaf.y = pitch * (index + 0.5) + 1; leaf.x = right; });
  const visit = (node) => {
    if (!node.kids.length) return;
    node.kids.forEach(visit);
    node.x = at.get(node.depth);
    node.y = node.kids.reduce((sum, kid) => sum + kid.y, 0) / node.kids.length;
  };
  visit(root);
  if (!root.kids.length) root.x = right;
  return pitch * leaves.length + 2;
}
