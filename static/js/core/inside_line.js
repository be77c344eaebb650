// The instructions of the line that matters now, and where each thread stands in them.

/** Instructions that read or write what others may see. */
const READS = /^(LOAD_(GLOBAL|NAME|ATTR|DEREF|CLOSURE)|BINARY_SUBSCR|BINARY_SLICE|LOAD_SUPER_ATTR|FOR_ITER|CONTAINS_OP)/, WRITES = /^(STORE_(GLOBAL|NAME|ATTR|DEREF|SUBSCR|SLICE)|DELETE_(GLOBAL|NAME|ATTR|SUBSCR))/;
const MOST_OPS = 40, MOST_THREADS = 4;

/**
 * {line, code, ops: [{name, arg, does}], threads: [{thread, at, words}], note} at cursor k, or null where no instructions are known. The line is the one
 * that `wanted` stands in, else that of whoever is to go on. `at` is the instruction that comes next: -1 not here yet, ops.length done with it.
 */
export function insideLine(steps, trace, k, wanted = null) {
  const ids = trace.threads.filter(Boolean).map((thread) => thread.id), standing = (id) => (steps.overAfter(id) <= k ? null : steps.standAt(id, k));
  const has = (id) => { const stand = id === null || id < 0 ? null : standing(id); return stand?.code && stand.line && steps.codes.has(stand.code) ? stand : null; };
  const chosen = steps.chosenAt(k), before = k > 0 ? steps.chosenAt(k - 1) : null, touches = (stand) => stand && (stand.kind === 'read' || stand.kind === 'write');
  const racing = steps.readyAt(k).filter((id) => touches(has(id)) && id > 0);
  const stand = has(wanted) ?? (racing.includes(chosen) ? has(chosen) : has(racing[0] ?? null)) ?? has(chosen) ?? has(before) ?? ids.map(has).findLast(Boolean);
  if (!stand) return null;
  const code = steps.codes.get(stand.code), all = code.ops.filter((op) => op.line === stand.line), place = all.findIndex((op) => op.offset >= stand.offset);
  const start = Math.max(0, Math.min(place - 8, all.length - MOST_OPS)), ops = all.slice(start, start + MOST_OPS).map((op) => ({ ...op, does: readOrWrite(op, steps, stand) }));
  const threads = ids.filter((id) => same(steps, id, stand.code)).map((id) => position(steps, id, k, stand, ops, standing(id))).sort((a, b) => (b.thread === stand.thread) - (a.thread === stand.thread) || a.thread - b.thread);
  return { line: stand.line, code: stand.code, ops, threads: threads.slice(0, MOST_THREADS).sort((a, b) => a.thread - b.thread), note: noteOf(steps, trace, k, threads, standing) };
}

/** What an instruction does to what others see: as the steps name it where a thread ever stood before it, else by its name. */
function readOrWrite(op, steps, { code }) {
  for (const list of steps.stands) {
    const found = list?.stand.find((each) => each.code === code && each.offset === op.offset && (each.kind === 'read' || each.kind === 'write'));
    if (found) return found.kind;
  }
  return WRITES.test(op.name) ? 'write' : READS.test(op.name) && !/\+ NULL/.test(op.arg) ? 'read' : '';
}

const same = (steps, id, code) => Boolean(steps.stands[id]?.stand.some((each) => each.code === code));

function position(steps, id, k, stand, ops, now) {
  if (now && now.code === stand.code && now.line === stand.line) {
    const at = ops.findIndex((op) => op.offset >= now.offset);
    return { thread: id, at, words: holds(steps, id, k, now) };
  }
  const list = steps.stands[id], been = list.stand.some((each, i) => list.at[i] <= k && each.code === stand.code && each.line === stand.line && i < list.stand.length - 1 && list.at[i + 1] <= k);
  return been ? { thread: id, at: ops.length, words: 'done with it' } : { thread: id, at: -1, words: 'not here yet' };
}

/** "holds 100": what it has read and is about to overwrite. */
function holds(steps, id, k, now) {
  if (now.kind !== 'write' || !now.name) return '';
  const read = steps.lastTime(id, 'read', now.name, k), value = read ? steps.valueAt(now.name, read) : undefined;
  return value === undefined || value === '' ? '' : `holds ${value}`;
}

/** The sentence under the instructions: who has read and not yet written, and whether that is out of date by now. */
function noteOf(steps, trace, k, threads, standing) {
  const holding = [];
  for (const { thread } of threads) {
    const now = standing(thread);
    if (now?.kind !== 'write' || !now.name) continue;
    const read = steps.lastTime(thread, 'read', now.name, k), value = read ? steps.valueAt(now.name, read) : undefined;
    if (value !== undefined && value !== '') holding.push({ name: trace.threads[thread].name, variable: now.name, value, today: steps.valueAt(now.name, k) });
  }
  const late = holding.find(({ value, today }) => today !== value), first = holding[0];
  if (late) return `${late.name} has read ${late.value}, but ${late.variable} is ${late.today} by now: its write will replace that.`;
  if (!first) return '';
  const both = holding.filter(({ variable, value }) => variable === first.variable && value === first.value);
  if (both.length === 1) return `${first.name} has read ${first.value} from ${first.variable} and not yet written it back.`;
  return `${both.map(({ name }) => name).join(' and ')} have ${both.length === 2 ? 'both' : 'all'} read ${first.value} from ${first.variable}, and none has written it back.`;
}
