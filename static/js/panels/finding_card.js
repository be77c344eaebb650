/** One finding: a title, a story in plain sentences, a picture of who waits for whom, what mends it, and where it can happen. */
import { whereItCanHappen } from '../core/verdict.js';
import { plural } from '../core/words.js';
import { failureShown } from '../finding.js';
import { h, icon } from './dom.js';
import { waitGraph } from './wait_graph.js';

/** By kind; others get a warning sign. */
const PICTURES = { deadlock: 'x', crash: 'x', data_race: 'branch', lost_wakeup: 'hand', forgotten_release: 'lock', starvation: 'clock', lock_order: 'warn', gil_contention: 'queue' };
/** Findings that are a standstill: who waits for whom is worth a picture. */
const STANDSTILL = new Set(['deadlock', 'lost_wakeup', 'forgotten_release']);

/** The whole of it. */
export function article(app, trace, finding) {
  const graph = STANDSTILL.has(finding.kind) ? waitGraph(trace, finding) : null;
  return h('article', { 'data-finding': finding.kind },
    h('div', { class: 'fh' }, title('h2', finding), h('div', { class: 'jumps' }, jumpButton(app, trace, finding)), h('div', { class: 'marks' }, ...marks(trace, finding))),
    h('div', { class: graph ? 'fbody with-graph' : 'fbody' }, graph, story(app, trace, finding)));
}

/** One of the others: its title, and the rest when wanted; what stands behind the first is open from the beginning. */
export function folded(app, trace, finding, open) {
  const body = h('div', { class: 'fbody' });
  const details = h('details', { class: 'folded', 'data-finding': finding.kind, open }, h('summary', {}, title('h3', finding), ...marks(trace, finding)), body);
  const fill = () => {
    if (!details.open || body.firstChild) return;
    const graph = STANDSTILL.has(finding.kind) ? waitGraph(trace, finding) : null;
    body.classList.toggle('with-graph', Boolean(graph));
    body.append(...[graph, h('div', {}, story(app, trace, finding), h('p', {}, jumpButton(app, trace, finding)))].filter(Boolean));
  };
  details.addEventListener('toggle', fill);
  fill();
  return details;
}

const title = (level, finding) => h(level, {}, h('span', { class: `dot ${finding.kind}${finding.certain === false ? ' possible' : ''}` }, icon(PICTURES[finding.kind] ?? 'warn')), h('span', {}, finding.title));

function marks(trace, finding) {
  const step = stepOf(trace, finding);
  return [finding.certain === false && !/^possible/i.test(finding.title) ? h('span', { class: 'pill' }, 'possible') : null, step > 0 ? h('span', { class: 'pill ahead', 'data-step': step, hidden: true }) : null].filter(Boolean);
}

/** "6 steps ahead", counted from the cursor. */
export function ahead(pill, cursor) {
  const left = Number(pill.dataset.step) - cursor;
  pill.hidden = !(left > 0);
  if (left > 0) pill.textContent = `${plural(left, 'step')} ahead`;
}

const jumpButton = (app, trace, finding) => h('button', { class: 'btn s jump', type: 'button', onclick: () => jump(app, trace, finding) }, 'Jump to it');

function story(app, trace, finding) {
  return h('div', {}, h('p', {}, ...marked(finding.story.map(closed).join(' '))), finding.fix && h('p', {}, h('b', {}, 'Fix: '), ...marked(finding.fix)), where(app, trace, finding));
}

/** Where it can happen; under control what is not settled yet can be asked for. In Find the card above says it. */
function where(app, trace, finding) {
  const { mode, granularity } = app.store.get(), found = failureShown(app.store.get());
  if (mode === 'find' || (mode === 'free' && finding.kind === 'crash')) return null;
  const failing = finding.kind === 'deadlock' || finding.kind === 'crash';
  const possible = failing && found ? found.possible_on : finding.possible_on;
  const { words, ask } = whereItCanHappen(possible, mode === 'free' ? '' : granularity, /\d+\.\d+/.exec(trace.python)?.[0]);
  if (!words) return null;
  const check = () => { app.actions.setMode('find'); app.actions.find({ granularity: 'gil' }); };
  return h('p', { class: 'where' }, words, ask && mode !== 'free' ? ' ' : null, ask && mode !== 'free' ? h('button', { class: 'as-link', type: 'button', onclick: check }, 'Check it under the GIL') : null);
}

/** Text in which `code` stands between backquotes. */
const marked = (text) => text.split('`').map((part, index) => (index % 2 ? h('code', { class: 'mono' }, part) : part));

/** With a full stop. */
const closed = (sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** The moment that shows it: its last step, or when it was found. */
export const momentOf = (trace, finding) => (finding.steps?.length ? trace.eventAt(finding.steps.at(-1))?.at : null) ?? finding.at_ns ?? trace.until;

/** The step of a controlled run at which it has happened; 0 where runs have no steps. */
export const stepOf = (trace, finding) => Math.max(0, ...(finding.steps ?? []).map((seq) => trace.eventAt(seq)?.step ?? 0));

/** Shows the moment and says what happened. */
export function jump(app, trace, finding) {
  const seq = finding.steps?.at(-1) ?? null;
  const event = seq === null ? null : trace.eventAt(seq), step = stepOf(trace, finding);
  if (app.store.get().mode !== 'free' && step > 0) app.actions.stepTo(step);
  else app.actions.seek(momentOf(trace, finding));
  app.actions.select(event?.thread ?? finding.threads?.[0] ?? null, seq);
  app.actions.announce([finding.title, ...finding.story].map(closed).join(' '));
}
