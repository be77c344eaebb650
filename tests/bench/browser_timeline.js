// The page's side of the timeline bench: mounts the real panel on made-up traces and counts its script time.
import { createStore, initialState } from '../../static/js/core/store.js';
import { Trace } from '../../static/js/core/trace.js';
import { mount } from '../../static/js/panels/timeline.js';
import { many } from '../js/stories.js';

const vocabulary = await (await fetch('../js/fixtures/vocabulary.json')).json();
const store = createStore(initialState()), root = document.getElementById('timeline');
mount(root, { store, vocabulary, net: null, actions: {}, word: (state) => vocabulary.states.find((each) => each.id === state)?.word ?? '' });
const frame = () => new Promise((done) => requestAnimationFrame(done));
const share = (values, q) => { const sorted = [...values].sort((a, b) => a - b); return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0; };
const figures = (values) => ({ p50: share(values, 0.5), p95: share(values, 0.95), most: share(values, 1), frames: values.length });
const show = (trace, run) => { store.set({ trace, run, version: store.get().version + 1, playhead: null, selection: null, following: true }); };

/** Pans over `threads` x `count` spans at several zooms; script ms per frame, and what a span costs in bytes. */
export async function panning(threads, count, frames) {
  const recording = many(vocabulary, threads, count), trace = new Trace(vocabulary), begun = performance.now();
  recording.into(trace);
  const loaded = performance.now() - begun;
  show(trace, 'ended');
  await frame();
  await frame();
  const found = {};
  for (const [name, part] of [['whole run', 1], ['a tenth', 0.1], ['a hundredth', 0.01], ['a thousandth', 0.001]]) {
    const width = trace.until * part;
    root.timeline.show(0, width);
    await frame();
    root.timeline.clearCosts();
    for (let i = 0; i < frames; i++) {
      const t0 = (trace.until - width) * (0.5 - 0.45 * Math.cos((i / frames) * Math.PI));
      store.set({ view: part === 1 ? { t0: 0, t1: width * (1 - 0.002 * (i % 50)) } : { t0, t1: t0 + width } });
      await frame();
    }
    found[name] = figures(root.timeline.costs());
  }
  return { spans: trace.lanes.reduce((sum, lane) => sum + lane.spans.count, 0), loadMs: loaded, byZoom: found };
}

/** Streams `rate` events a second for `seconds` into a live trace that holds `before` events already. */
export async function streaming(rate, seconds, before) {
  const recording = many(vocabulary, 8, Math.ceil((before + rate * seconds) / 8)), trace = new Trace(vocabulary), { messages } = recording;
  let at = 0;
  while (at < messages.length && trace.count < before) trace.apply(messages[at++]);
  trace.until = 0;
  show(trace, 'live');
  await frame();
  const begun = performance.now(), intervals = [], applied = [], first = trace.count;
  root.timeline.clearCosts();
  for (let last = begun; performance.now() - begun < seconds * 1000;) {
    await frame();
    const now = performance.now(), due = first + ((now - begun) / 1000) * rate;
    intervals.push(now - last);
    last = now;
    let cost = 0;
    while (at < messages.length && trace.count < due) trace.apply(messages[at++]);
    cost = performance.now() - now;
    applied.push(cost);
    store.set({ version: store.get().version + 1 });
  }
  return { events: trace.count - first, perSecond: (trace.count - first) / seconds, fps: intervals.length / seconds, script: figures(root.timeline.costs()), apply: figures(applied), interval: figures(intervals) };
}
globalThis.bench = { panning, streaming };
