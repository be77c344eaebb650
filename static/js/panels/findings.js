/** What was concluded from the trace: a title, a story in plain sentences, a picture of who waits for whom, and what mends it. */
import { neverRan } from '../core/endings.js';
import { h, icon } from './dom.js';
import { comparison } from './comparison.js';
import { waitGraph } from './wait_graph.js';

const PICTURE = { deadlock: 'x', crash: 'x' };

export function mount(root, app) {
  const list = h('div', {});
  const compare = comparison(app);
  root.append(list, compare.element);
  let drawn = '';
  const draw = () => {
    const { trace, run } = app.store.get();
    const findings = trace?.findings ?? [];
    const print = `${trace?.run}:${findings.length}:${run}`;
    if (print === drawn) return;
    drawn = print;
    list.replaceChildren(...findings.map((finding) => card(app, trace, finding)));
    compare.draw();
    (list.querySelector('.fh .jump') ?? compare.words).after(compare.button);
    root.hidden = !findings.length && (run !== 'ended' || neverRan(trace));
  };
  const next = (event) => {
    const { trace, singleKeys } = app.store.get();
    if (!singleKeys || event.key.toLowerCase() !== 'n' || event.ctrlKey || event.metaKey || event.altKey || !trace?.findings.length) return;
    const target = event.composedPath()[0];
    if (target.isContentEditable || target.closest?.('input, select, textarea, dialog')) return;
    const { playhead } = app.store.get();
    const times = trace.findings.map((finding) => momentOf(trace, finding));
    const after = times.findIndex((t) => playhead !== null && t > playhead);
    jump(app, trace, trace.findings[Math.max(0, after)]);
  };
  document.addEventListener('keydown', next);
  const off = app.store.on(['trace', 'version', 'run'], draw);
  draw();
  return () => { off(); document.removeEventListener('keydown', next); root.replaceChildren(); };
}

function card(app, trace, finding) {
  const sure = finding.certain === false ? h('span', { class: 'pill' }, 'possible') : null;
  const graph = finding.kind === 'deadlock' ? waitGraph(trace, finding) : null;
  const where = finding.kind === 'crash' ? '' : whereOf(finding.possible_on);
  return h('article', { 'data-finding': finding.kind },
    h('div', { class: 'fh' },
      h('h2', {}, h('span', { class: `dot ${finding.kind}` }, icon(PICTURE[finding.kind] ?? 'warn')), finding.title), sure, h('span', { class: 'grow' }),
      h('button', { class: 'btn s jump', type: 'button', onclick: () => jump(app, trace, finding) }, 'Jump to it')),
    h('div', { class: graph ? 'fbody with-graph' : 'fbody' }, graph,
      h('div', {},
        h('p', {}, finding.story.map(closed).join(' ')),
        finding.fix && h('p', {}, h('b', {}, 'Fix: '), finding.fix),
        where && h('p', { class: 'where' }, where))));
}

/** With a full stop. */
const closed = (sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** Where it can happen, only as far as it is settled. */
function whereOf(possible) {
  if (!possible) return '';
  const { gil, free_threaded: free } = possible;
  if (gil === true && free === true) return 'Can happen with and without the GIL.';
  if (gil === true) return 'Can happen with the GIL.';
  if (free === true) return gil === false ? 'Can happen without the GIL, not with it.' : 'Can happen without the GIL.';
  return '';
}

/** The moment that shows it: its last step, or when it was found. */
const momentOf = (trace, finding) => (finding.steps?.length ? trace.eventAt(finding.steps.at(-1))?.at : null) ?? finding.at_ns ?? trace.until;

function jump(app, trace, finding) {
  const seq = finding.steps?.at(-1) ?? null;
  const event = seq === null ? null : trace.eventAt(seq);
  app.actions.seek(momentOf(trace, finding));
  app.actions.select(event?.thread ?? finding.threads?.[0] ?? null, seq);
  app.actions.announce([finding.title, ...finding.story].map(closed).join(' '));
}
