/** Find: how to search, how far the search is, and what it came to. The button that starts it stands where Run stands. */
import { elapsed, pace, verdictOf, whereItCanHappen } from '../core/verdict.js';
import { isCurrent, showsFailure, within } from '../finding.js';
import { h, icon, say } from './dom.js';
import { inLine } from './queue_words.js';
import { after } from './search_words.js';
import { settings } from './search_settings.js';
import { openShare } from './share.js';

const BEAT_MS = 100;
/** By kind of verdict: its picture. The word stands beside it. */
const PICTURES = { deadlock: 'x', exception: 'x', proved: 'check', clean: 'more', unsettled: 'warn' };
const MORE = 10;

export function mount(root, app) {
  const form = settings(app), course = h('div', { class: 'course' }), result = h('div', { class: 'result' });
  const mark = h('div', { class: 'mark', role: 'progressbar', 'aria-label': 'Search', 'aria-valuemin': 0, 'aria-valuemax': 100 }, h('i'));
  root.append(form.element, mark, course, result);
  let beat = 0, shown = null, spoken = 0;

  const draw = () => {
    clearTimeout(beat);
    const { search, mode } = app.store.get();
    document.body.dataset.found = showsFailure(app.store.get()) ? 'yes' : 'no';
    if (mode !== 'find') return;
    const busy = search.state === 'searching';
    mark.hidden = !busy;
    course.hidden = search.state === 'done';
    if (search.state === 'queued') course.replaceChildren(...inLine(search.place, search.eta));
    else if (busy) tick(search);
    else if (search.state === 'idle') course.replaceChildren(...atFirst(app));
    const print = search.state === 'done' ? `${search.startedAt}${isCurrent(app.store.get())}` : '';
    if (print === shown) return;
    shown = print;
    result.hidden = !print;
    result.replaceChildren(...(print ? outcome(app, search) : []));
  };

  /** While it works: what is known of it, and the time that goes by. */
  function tick(search) {
    const { progress, asked, startedAt } = search, seconds = (performance.now() - startedAt) / 1000;
    if (!course.querySelector('.live')) course.replaceChildren(h('span', { class: 'live' }, 'Searching'), h('span', { class: 'sub num pace' }), h('span', { class: 'faint how' }), h('span', { class: 'grow' }), h('time', { class: 'num' }));
    say(course.querySelector('.pace'), progress ? pace(progress) : 'Starting');
    say(course.querySelector('.how'), progress ? strategyWord(app, progress.strategy) : '');
    say(course.querySelector('time'), elapsed(seconds));
    const part = Math.min(1, Math.max((progress?.executions ?? 0) / asked.max_executions, seconds / asked.max_seconds));
    mark.setAttribute('aria-valuenow', Math.round(part * 100));
    mark.setAttribute('aria-valuetext', progress ? pace(progress) : 'Starting');
    mark.firstChild.style.setProperty('--part', part.toFixed(3));
    beat = setTimeout(draw, BEAT_MS);
  }

  /** One sentence when it is over. */
  function speak({ search }) {
    if (search.state !== 'done' || spoken === search.startedAt) return;
    spoken = search.startedAt;
    if (!search.explored) { app.actions.announce(search.error?.message ?? ''); return; }
    const { word, sentences } = verdictOf(search.explored, { ...search.asked, stopped: search.stopped });
    app.actions.announce([`${word}.`, ...sentences].join(' '));
  }

  const offs = [app.store.on(['search', 'mode', 'steps', 'source', 'python'], draw),
    app.store.on(['search'], speak)];
  draw();
  return () => { offs.forEach((off) => off()); clearTimeout(beat); form.end(); root.replaceChildren(); };
}

/** What a search does, in its order. */
const COURSE = [
  ['Try', 'Runs the program in one order after another: first each order that can make a difference, then orders by chance.'],
  ['Keep the first that fails', 'A deadlock, or an exception that nobody catches, is run again on real threads and brought down to the fewest forced switches.'],
  ['Show it', 'Step by step, with its cause, whether it can happen with the GIL, and a link that replays exactly that.'],
];

/** Before the first search. */
function atFirst({ store }) {
  if (store.get().foundBefore) return [h('p', {}, 'This interleaving was found by a search. Find looks again from the beginning.')];
  return [h('ol', { class: 'at-first' }, ...COURSE.map(([what, how]) => h('li', {}, h('b', {}, what), h('span', {}, how))))];
}

/** What it came to: verdict, how sure, where, and ways on. */
function outcome(app, search) {
  const { explored, error, asked, stopped } = search;
  if (!explored) return [head('unsettled', 'Not searched', ''), h('p', {}, error?.message ?? 'The search ended without a result.')];
  const verdict = verdictOf(explored, { ...asked, stopped }), { failure } = explored;
  const now = isCurrent(app.store.get());
  return [
    head(verdict.kind, verdict.word, explored.executions ? `${after(explored)}, ${strategyWord(app, asked.strategy)}` : '', failure?.steps?.length && now ? ways(app, failure) : null),
    h('p', {}, verdict.sentences.join(' '), ' ', ...(verdict.more ? [tryMore(app, asked)] : []), ...(failure?.steps?.length ? where(app, failure, asked) : [])),
    now ? null : h('p', { class: 'stale' }, 'The program has changed since. Find again to look at it as it is now.'),
    failure?.steps?.length ? scheduleText(app, failure.schedule) : null,
  ].filter(Boolean);
}

function head(kind, word, faint, more) {
  return h('div', { class: 'fh', 'data-verdict': kind }, h('h2', {}, h('span', { class: `dot ${kind}` }, icon(PICTURES[kind])), word), h('span', { class: 'faint num' }, faint), h('span', { class: 'grow' }), more);
}

/** Ten times the budget, within what the server allows. */
function tryMore(app, { max_executions: orders, max_seconds: seconds }) {
  const more = within(app.page, { max_executions: orders * MORE, max_seconds: seconds * MORE });
  return more.max_executions > orders || more.max_seconds > seconds ? button(`Try ${more.max_executions.toLocaleString('en-US')}`, () => app.actions.find(more)) : '';
}

/** On from a failure: by oneself, step by step, to somebody else. */
function ways(app, failure) {
  return h('div', { class: 'ways-on' },
    h('button', { class: 'btn line s', type: 'button', onclick: () => app.actions.tryIt() }, 'Try it on your own'),
    h('button', { class: 'btn line s', type: 'button', onclick: () => app.actions.replay(failure.schedule, 0) }, icon('fwd'), 'Step through it'),
    h('button', { class: 'btn line s', type: 'button', onclick: () => openShare(app) }, icon('link'), 'Share'));
}

/** Where it can happen, and how to settle what is open. */
function where(app, failure, asked) {
  const { words, ask } = whereItCanHappen(failure.possible_on, asked.granularity, failure.schedule.split(';')[2]);
  return [h('span', { class: 'where' }, words), ' ', ...(ask ? [button('Check it under the GIL', () => app.actions.find({ granularity: 'gil' }))] : [])];
}

const button = (words, onclick) => h('button', { class: 'as-link', type: 'button', onclick }, words);

function scheduleText(app, schedule) {
  const code = h('code', { tabindex: 0, 'aria-label': 'Schedule' }, schedule);
  const copy = h('button', { class: 'btn s', type: 'button', onclick: async () => {
    try {
      await navigator.clipboard.writeText(schedule);
      copy.textContent = 'Copied';
      app.actions.announce('Schedule copied.');
    } catch {
      getSelection().selectAllChildren(code);
      copy.textContent = 'Press Ctrl+C';
    }
  } }, 'Copy');
  return h('div', { class: 'schedule-text' }, h('span', { class: 'faint' }, 'Schedule'), code, copy);
}

/** A strategy, or what the search does after it, by its word. */
const strategyWord = ({ vocabulary }, id) => [...(vocabulary.strategies ?? []), ...(vocabulary.search_phases ?? [])].find((each) => each.id === id)?.word ?? id;
