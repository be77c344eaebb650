// The tree of all different orders: where executions part, which stretch is bold, where the cursor stands.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { classTree, endingsAfter, placeTree, tally } from '../../static/js/core/class_tree.js';
import { readChoices, writeChoices } from '../../static/js/core/run_lengths.js';

const leaf = (choices, verdict = 'clean', error = '') => ({ verdict, error, message: '', choices });
const THREE = [leaf('0*3,1*3,2*3'), leaf('0*3,1,2*2,1', 'deadlock'), leaf('0*3,2*3,1*3')];

test('orders part where they first differ, and nowhere else', () => {
  const { root, leaves } = classTree(THREE);
  assert.equal(root.depth, 3);
  assert.deepEqual(root.kids.map((kid) => kid.depth), [4, 9]);
  assert.deepEqual(root.kids[0].kids.map((kid) => kid.depth), [9, 7]);
  assert.deepEqual(leaves.map((each) => each.leaf), [0, 1, 2]);
});

test('a single order is one leaf on a stem', () => {
  const tree = classTree([leaf('0*5')]);
  assert.equal(tree.leaves.length, 1);
  assert.ok(placeTree(tree, 300, 14) > 0);
});

test('the outcome of all orders is counted by kind', () => {
  assert.deepEqual(tally([...THREE, leaf('1', 'exception', 'ValueError')]), { total: 4, complete: 2, deadlock: 1, exception: 1, other: 0 });
});

test('what happened is bold, what would happen is not, the rest is neither', () => {
  const { root } = classTree(THREE, readChoices('0*3,1,2*2,1'), 4);
  assert.equal(root.on, 2);
  assert.deepEqual(root.kids.map((kid) => kid.on), [2, 0]);
  assert.deepEqual(root.kids[0].kids.map((kid) => kid.on), [0, 1]);
});

test('the cursor stands on its stretch', () => {
  const path = readChoices('0*3,1,2*2,1');
  const at = (cursor) => classTree(THREE, path, cursor).here;
  assert.equal(at(3).node.depth, 3);
  assert.equal(at(7).node.leaf, 1);
  assert.equal(at(7).part, 1);
  assert.equal(at(6).node.leaf, 1);
  assert.ok(at(6).part > 0.6 && at(6).part < 0.7);
  assert.ok(at(1).part < 0.5);
});

test('an order that was not among them is an unknown end', () => {
  const { leaves } = classTree(THREE, readChoices('0*3,1*2,2*4'), 5);
  assert.equal(leaves.length, 4);
  assert.equal(leaves.filter((each) => each.unknown).length, 1);
});

test('an order that is still short of its end lies on a known one', () => {
  assert.equal(classTree(THREE, readChoices('0*3,1'), 4).leaves.length, 3);
});

test('leaves stand below each other at the right, nodes between their kids', () => {
  const tree = classTree(THREE), height = placeTree(tree, 300, 14);
  assert.equal(height, 3 * 14 + 2);
  const ys = tree.leaves.map((each) => each.y);
  assert.deepEqual(ys, [...ys].sort((a, b) => a - b));
  assert.ok(tree.leaves.every((each) => each.x === tree.leaves[0].x && each.x > tree.root.x));
  assert.equal(tree.root.y, (tree.root.kids[0].y + tree.root.kids[1].y) / 2);
});

test('endings after some choices count only orders that were run so', () => {
  assert.deepEqual(endingsAfter(THREE, [0, 0, 0, 1]), { total: 2, complete: 1, deadlock: 1, exception: 0, other: 0 });
  assert.deepEqual(endingsAfter(THREE, [0, 0, 0, 2, 1]), { total: 0, complete: 0, deadlock: 0, exception: 0, other: 0 });
  assert.equal(endingsAfter(THREE, []).total, 3);
});

test('two hundred orders of a hundred steps are placed at once', () => {
  const classes = Array.from({ length: 200 }, (_, i) => leaf(writeChoices(Array.from({ length: 100 }, (_, at) => (i >> (at % 8)) & 1)), i % 3 ? 'clean' : 'deadlock'));
  const tree = classTree(classes, readChoices(classes[77].choices), 50);
  assert.equal(tree.leaves.length, 200);
  assert.ok(placeTree(tree, 300, 10) > 1900);
});
