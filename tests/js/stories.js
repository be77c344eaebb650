// Small traces with one lesson each, for tests and for looking at.
import { Recorder } from './recording.js';

/** Two transfers that lock two accounts in opposite order; a barrier, a semaphore and an event beside them; a crash; two gaps. */
export function everything(vocabulary) {
  const r = new Recorder(vocabulary), main = r.thread('main');
  const [one, two] = [r.thread('Transfer-1'), r.thread('Transfer-2')], [a, b] = [r.object('Lock', 'a.lock'), r.object('RLock', 'b.lock')];
  const bad = r.thread('Cook-1'), pool = [1, 2, 3].map((n) => r.thread(`Runner-${n}`, { daemon: true }));
  const gate = r.object('Barrier', 'gate', 3), permits = r.object('Semaphore', 'permits', 2), flag = r.object('Event', 'ready'), pile = r.object('SimpleQueue', 'pile');
  r.at(0, 'thread.began', main, { line: 1 });
  for (const t of [one, two, bad, ...pool]) r.at(1 + t / 10, 'thread.created', t, { line: 9 });
  for (const t of [one, two, bad, ...pool]) r.at(3 + t / 4, 'thread.began', t, { line: 2 });
  r.at(6, 'event.waiting', bad, { obj: flag, line: 7 });
  r.at(8, 'lock.acquired', one, { obj: a, value: 1, line: 12 });
  r.at(10, 'lock.acquired', two, { obj: b, value: 1, line: 14 });
  r.at(11, 'barrier.waiting', pool[0], { obj: gate, value: 1, line: 22 });
  r.at(12, 'semaphore.acquired', main, { obj: permits, value: 1, line: 30 });
  r.at(14, 'sleep.began', one, { value: 6000, line: 13 });
  r.at(15, 'queue.put', two, { obj: pile, value: 1, note: '1', line: 15 });
  r.at(16, 'barrier.waiting', pool[1], { obj: gate, value: 2, line: 22 });
  const set = r.at(18, 'event.set', main, { obj: flag, line: 31 });
  r.at(18.4, 'event.woken', bad, { obj: flag, cause: set, line: 7 });
  r.at(20, 'sleep.ended', one, { line: 13 });
  const trip = r.at(22, 'barrier.tripped', pool[2], { obj: gate, value: 3, line: 22 });
  r.at(22.3, 'barrier.passed', pool[0], { obj: gate, cause: trip, line: 22 });
  r.at(22.4, 'barrier.passed', pool[1], { obj: gate, cause: trip, line: 22 });
  for (const t of pool) r.at(24 + t / 9, 'sampled', t, { to: 'io', source: 1 });
  r.at(26, 'lock.blocked', one, { obj: b, line: 13 });
  r.at(27, 'lock.blocked', two, { obj: a, line: 15 });
  r.at(28, 'thread.joining', main, { obj: 2, line: 40 });
  r.say({ type: 'gap', from_ns: 30e6, to_ns: 34e6, counts: { line: 1204 }, threads: [], objects: [], reason: 'hot line' });
  r.say({ type: 'gap', from_ns: 36e6, to_ns: 44e6, counts: { lock: 200, queue: 14 }, threads: pool, objects: [], reason: 'budget' });
  r.say({ type: 'gap', from_ns: 40e6, to_ns: 46e6, counts: { semaphore: 9 }, threads: [], objects: [permits], reason: 'budget' });
  for (const t of pool) r.at(45 + t / 3, 'sampled', t, { to: 'running', source: 1 });
  r.at(50, 'thread.crashed', bad, { note: "KeyError: 'salt'", line: 8 });
  r.say({ type: 'finding', at_ns: 55e6, kind: 'deadlock', title: 'Deadlock', story: ['Transfer-1 holds a.lock and waits for b.lock.'], threads: [one, two], objects: [a, b], steps: [], fix: '', possible_on: { gil: true, free_threaded: true }, certain: true });
  for (const t of pool) r.at(60, 'thread.killed', t);
  r.end(60, { outcome: 'deadlock', sentence: 'Two threads wait for each other.', perturbed: 0.4 });
  return r;
}

/** `count` workers of one name that take turns at one lock. */
export function crowd(vocabulary, count = 200) {
  const r = new Recorder(vocabulary), main = r.thread('main'), lock = r.object('Lock', 'turn');
  r.at(0, 'thread.began', main);
  const team = Array.from({ length: count }, (_, i) => r.thread(`${i % 3 ? 'Worker' : 'Clerk'}-${i + 1}`));
  team.forEach((t, i) => r.at(1 + i * 0.05, 'thread.began', t, { line: 5 }));
  team.forEach((t, i) => r.at(12 + i * 0.01, 'lock.blocked', t, { obj: lock, line: 6 }));
  let cause;
  team.forEach((t, i) => {
    r.at(15 + i * 0.3, 'lock.acquired', t, { obj: lock, value: 1, line: 7, cause });
    cause = r.at(15.25 + i * 0.3, 'lock.released', t, { obj: lock, line: 8 });
    if (i % 7 === 3) r.at(15.27 + i * 0.3, 'sleep.began', t, { value: 9000, line: 9 });
    else r.at(15.27 + i * 0.3, 'thread.ended', t);
  });
  r.end(15 + count * 0.3 + 4);
  return r;
}

/** `count` spans on each of `threads` threads: running, waiting for the GIL, blocked by turns; deterministic. For measuring. */
export function many(vocabulary, threads, count) {
  const r = new Recorder(vocabulary), states = ['running', 'gil', 'blocked', 'running', 'io', 'sleeping'];
  for (let t = 0; t < threads; t++) r.thread(`Worker-${t}`);
  r.flush();
  const total = threads * count, size = 1000;
  let seed = 7, at = 0, n = 0;
  const next = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296, kind = r.kinds.get('sampled').id;
  const id = (word) => r.states.get(word === 'gil' ? 'waiting_gil' : word), turn = new Uint32Array(threads);
  while (n < total) {
    const rows = Math.min(size, total - n), m = { type: 'events', run: r.run, n: r.messages.length, channel: 7, first_seq: r.first, count: rows, at: new Float64Array(rows), obj: new Uint32Array(rows), line: new Uint32Array(rows), value: new Uint32Array(rows),
      note: new Uint32Array(rows), step: new Uint32Array(rows), cause: new Uint32Array(rows).fill(0xffffffff), thread: new Uint16Array(rows), kind: new Uint8Array(rows).fill(kind), to: new Uint8Array(rows), source: new Uint8Array(rows).fill(1) };
    for (let i = 0; i < rows; i++) { const t = Math.floor(next() * threads); at += next() * 4000; m.at[i] = Math.round(at); m.thread[i] = t; m.to[i] = id(states[turn[t]++ % states.length]); m.line[i] = 1 + (turn[t] % 40); }
    r.messages.push(m);
    r.first += rows;
    n += rows;
  }
  return r;
}
