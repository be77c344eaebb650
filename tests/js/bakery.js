// A made-up run of the bakery (two bakers, three guests, a shelf for four): one GIL with 5 ms slices, a queue, a lock, a condition.
import { Recorder } from './recording.js';

const DT = 0.1, SLICE = 5;
const random = (seed) => { let s = seed >>> 0; return () => ((s = (s * 1664525 + 1013904223) >>> 0) / 4294967296); };

/** Records `until` ms of it; everything follows from `seed`. Options: guests, end (say how it ended), free (no GIL). */
export function bakery(vocabulary, { until = 128.4, seed = 36, guests = 3, bakers = 2, end = false, free = false } = {}) {
  const r = new Recorder(vocabulary, { gil: !free }), rand = random(seed), threads = [], runq = [], wake = new Map();
  let now = 0, holder = null, held = 0, served = 0;
  const shelf = { id: 0, items: [], putters: [], getters: [] }, till = { id: 0, owner: null, waiters: [] }, closed = { id: 0, waiters: [] };
  const kernel = { shelf, till, closed, rand, serve: () => ++served };
  const spawn = (name, body, parent) => { const t = { id: r.thread(name, { parent }), name, body: body(kernel), left: 0.15, line: 0, state: 'new' }; threads.push(t); return t; };
  const ev = (t, kind, more = {}) => r.at(now, kind, t.id, { line: t.line, ...more });
  const see = (t, to) => { t.state = to; ev(t, 'sampled', { to, source: 1, line: 0 }); };
  const ready = (t) => { t.left = 0.15; if (!free) see(t, 'gil'); runq.push(t); };
  const main = spawn('main', function* () {
    yield { cpu: 1.5, line: 33 };
    for (let i = 1; i <= bakers; i++) { yield { cpu: 0.5, line: 37 }; yield { start: [`Baker-${i}`, baker(String.fromCharCode(96 + i), i - 1)] }; }
    for (let i = 1; i <= guests; i++) { yield { cpu: 0.5, line: 37 }; yield { start: [`Guest-${i}`, guest] }; }
    yield { wait: closed, line: 39 };
  }, 0);
  shelf.id = r.object('Queue', 'shelf', 4);
  till.id = r.object('Lock', 'till');
  closed.id = r.object('Condition', 'closed');
  r.at(0, 'thread.began', 0, { line: 1 });
  runq.push(main);

  function resume(t) { // what a thread says when it runs again after a wait
    if (!t.then) { if (t.state !== 'running') { if (t.state === 'new') { ev(t, 'thread.began', { cause: t.created }); } else if (t.state === 'sleeping') ev(t, 'sleep.ended'); else see(t, 'running'); } } else { t.then(); t.then = null; }
    t.state = 'running';
  }
  function step(t) { // one operation; false when the thread gives up the processor
    const { value: o, done } = t.body.next(t.gift);
    t.gift = undefined;
    if (done) { ev(t, 'thread.ended'); t.state = 'done'; return false; }
    if (o.line) { t.line = o.line; ev(t, 'line'); }
    t.left = 0.15;
    if (o.cpu) { t.left = o.cpu; return true; }
    if (o.start) { const child = spawn(o.start[0], o.start[1], t.id); child.created = r.at(now, 'thread.created', child.id, { line: t.line }); runq.push(child); if (!free) r.at(now, 'sampled', child.id, { to: 'gil', source: 1 }); return true; }
    if (o.sleep) { ev(t, 'sleep.began', { value: Math.round(o.sleep * 1000) }); t.state = 'sleeping'; wake.set(t, now + o.sleep); return false; }
    if (o.io) { see(t, 'io'); wake.set(t, now + o.io); return false; }
    if (o.put) return put(t, o.put);
    if (o.get) return get(t);
    if (o.acquire) return acquire(t);
    if (o.release) return release(t);
    if (o.wait) { closed.waiters.push(t); ev(t, 'condition.waiting', { obj: closed.id }); t.state = 'blocked'; return false; }
    if (o.notify) { const cause = ev(t, 'condition.notified', { obj: closed.id, value: 1 }), w = closed.waiters.shift(); if (w) { w.then = () => ev(w, 'condition.woken', { obj: closed.id, cause }); ready(w); } }
    return true;
  }
  function put(t, item) {
    if (shelf.items.length >= 4) { ev(t, 'queue.put_blocked', { obj: shelf.id }); t.state = 'blocked'; shelf.putters.push([t, item]); return false; }
    shelf.items.push(item);
    const cause = ev(t, 'queue.put', { obj: shelf.id, value: shelf.items.length, note: item }), g = shelf.getters.shift();
    if (g) { g.gift = shelf.items.shift(); const got = g.gift, left = shelf.items.length; g.then = () => ev(g, 'queue.got', { obj: shelf.id, value: left, note: got, cause }); ready(g); }
    return true;
  }
  function get(t) {
    if (!shelf.items.length) { ev(t, 'queue.get_blocked', { obj: shelf.id }); t.state = 'blocked'; shelf.getters.push(t); return false; }
    t.gift = shelf.items.shift();
    const cause = ev(t, 'queue.got', { obj: shelf.id, value: shelf.items.length, note: t.gift }), p = shelf.putters.shift();
    if (p) { shelf.items.push(p[1]); const size = shelf.items.length; p[0].then = () => ev(p[0], 'queue.put', { obj: shelf.id, value: size, note: p[1], cause }); ready(p[0]); }
    return true;
  }
  function acquire(t) {
    if (till.owner) { ev(t, 'lock.blocked', { obj: till.id }); t.state = 'blocked'; till.waiters.push(t); return false; }
    till.owner = t;
    ev(t, 'lock.acquired', { obj: till.id, value: 1 });
    return true;
  }
  function release(t) {
    const cause = ev(t, 'lock.released', { obj: till.id, value: 0 }), w = till.waiters.shift();
    till.owner = w ?? null;
    if (w) { r.at(now, 'sampled', w.id, { to: free ? 'running' : 'gil', source: 1 }); w.state = 'gil'; w.then = () => ev(w, 'lock.acquired', { obj: till.id, value: 1, cause }); w.left = 0.15; runq.push(w); }
    return true;
  }
  const drop = () => { if (holder) r.at(now, 'gil.dropped', holder.id, { source: 1 }); holder = null; };
  const cores = new Set();
  for (; now < until; now += DT) {
    for (const [t, when] of wake) if (now >= when) { wake.delete(t); ready(t); if (!free) t.state = t.state === 'gil' ? 'gil' : t.state; }
    if (free) { while (runq.length) { const t = runq.shift(); resume(t); cores.add(t); } for (const t of [...cores]) { t.left -= DT; for (let k = 0; t.left <= 0 && k < 8; k++) if (!step(t)) { cores.delete(t); break; } } continue; }
    if (holder && held >= SLICE && runq.length) { const old = holder; holder = null; see(old, 'gil'); runq.push(old); }
    if (!holder && runq.length) { holder = runq.shift(); held = 0; r.at(now, 'gil.taken', holder.id, { source: 1 }); resume(holder); }
    if (!holder) continue;
    held += DT;
    holder.left -= DT;
    for (let k = 0; holder && holder.left <= 0 && k < 8; k++) if (!step(holder)) { drop(); break; }
  }
  if (end) r.end(until);
  r.flush();
  return r;
}

const baker = (letter, k) => function* ({ rand }) {
  for (let n = 1; n <= 24; n++) { yield { cpu: 1 + rand() * 1.2, line: 15 }; yield { sleep: (n > 9 && n < 13 ? 18 + 4 * k : 5) + rand() * 4, line: 16 }; yield { put: letter + n, line: 17 }; }
};
function* guest({ rand, serve, closed }) {
  for (;;) {
    yield { get: true, line: 21 };
    yield { cpu: 1.6 + rand() * 3.4, line: 22 };
    yield { acquire: true, line: 23 };
    yield { cpu: 0.5, line: 24 };
    yield { io: 0.8 + rand() * 1.8, line: 25 };
    yield { cpu: 0.4, line: 24 };
    yield { release: true, line: 25 };
    if (serve() >= 48) yield { notify: closed, line: 32 };
  }
}
