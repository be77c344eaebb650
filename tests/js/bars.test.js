// Bars of holders: however narrow its neighbours are, a long hold is seen at its length.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { drawBars } from '../../static/js/draw/layers/bars.js';

/** The rectangles drawn for holds `[start, end]` in ns, at one pixel for each `ns` of them. */
function drawn(holds, ns) {
  const rects = [];
  globalThis.Path2D = class { rect(x, y, w) { rects.push([x, w]); } roundRect(x, y, w) { rects.push([x, w]); } };
  const bars = { count: holds.length, start: holds.map(([start]) => start), end: holds.map(([, end]) => end), thread: holds.map(() => 0) };
  const view = { trace: { threads: [] }, p: { id: ['red'] }, t0: 0, t1: 1000 * ns, until: 1000 * ns, w: 1000, scale: 1 / ns, x: (t) => t / ns };
  drawBars({ fill() {}, fillText() {}, measureText: () => ({ width: 5 }) }, view, bars, 0, 10);
  return rects;
}

test('a long hold that begins in the pixel of short ones is drawn over its whole length', () => {
  assert.deepEqual(drawn([[100, 101], [102, 103], [104, 40_000]], 1000).at(-1), [0.104, 38.896]);
});

test('of thousands of short holds one is drawn for each pixel, or two', () => {
  const rects = drawn(Array.from({ length: 10_000 }, (_, i) => [i * 10, i * 10 + 5]), 1000);
  assert.ok(rects.length >= 100 && rects.length <= 202, `${rects.length}`);
});
