/** What was concluded from the trace, the most telling first, the others folded; under control also the tree of all orders. */
import { neverRan } from '../core/endings.js';
import { failureShown, isCurrent, showsFailure } from '../finding.js';
import { comparison } from './comparison.js';
import { h } from './dom.js';
import { ahead, article, folded, jump, momentOf, stepOf } from './finding_card.js';
import { mount as mountTree, treeWanted } from './tree.js';

/** What is told first; kinds that are not named come last. */
const ORDER = ['deadlock', 'crash', 'data_race', 'lost_wakeup', 'forgotten_release', 'starvation', 'lock_order', 'gil_contention'];
/** Findings that stand behind a crash or a standstill. */
const CAUSES = new Set(['data_race', 'lost_wakeup', 'forgotten_release']);

export function mount(root, app) {
  const list = h('div', { class: 'list' }), none = h('p', { class: 'none' }), tree = h('div', {});
  const compare = comparison(app);
  root.append(none, list, tree, compare.element);
  const unmountTree = mountTree(tree, app);
  let drawn = '', kept = null;

  const draw = () => {
    const state = app.store.get(), { trace, run, mode } = state;
    const findings = mode === 'find' && !showsFailure(state) ? [] : [...(trace?.findings ?? [])].sort((a, b) => rank(a) - rank(b));
    const shown = findings.filter((finding) => !keptBack(state, trace, finding));
    const print = [trace?.run, findings.length, shown.length, run, mode, failureShown(state)?.schedule, state.quiet].join();
    if (print !== drawn || trace !== kept) {
      drawn = print;
      kept = trace;
      const parts = shown.map((finding, index) => (index === 0 ? article(app, trace, finding) : folded(app, trace, finding, index === 1 && explains(shown[0], finding))));
      list.replaceChildren(...(shown.length < findings.length ? [challenge(app)] : []), ...parts);
      if (mode === 'free') {
        compare.draw();
        (list.querySelector('.fh .jump') ?? compare.words).after(compare.button);
      } else compare.element.hidden = true;
      none.hidden = mode !== 'controlled' || !trace?.ended || (findings.length > 0 && trace.ended.outcome !== 'ok');
      none.textContent = none.hidden ? '' : nothingWrong(trace);
    }
    root.hidden = mode === 'free' ? !findings.length && (run !== 'ended' || neverRan(trace)) : mode === 'controlled' ? !trace || (!state.steps?.count && !findings.length) : !findings.length && !treeWanted(state);
    for (const pill of list.querySelectorAll('.ahead')) ahead(pill, state.step);
  };
  const next = (event) => {
    const { trace, singleKeys, playhead } = app.store.get();
    if (!singleKeys || event.key.toLowerCase() !== 'n' || event.ctrlKey || event.metaKey || event.altKey || !trace?.findings.length) return;
    const target = event.composedPath()[0];
    if (target.isContentEditable || target.closest?.('input, select, textarea, dialog')) return;
    const times = trace.findings.map((finding) => momentOf(trace, finding));
    const after = times.findIndex((t) => playhead !== null && t > playhead);
    jump(app, trace, trace.findings[Math.max(0, after)]);
  };
  document.addEventListener('keydown', next);
  const off = app.store.on(['trace', 'version', 'run', 'mode', 'step', 'search', 'orders', 'quiet', 'source'], draw);
  draw();
  return () => { off(); unmountTree(); document.removeEventListener('keydown', next); root.replaceChildren(); };
}

/** Does the second say why the first came about? */
const explains = (first, second) => (first.kind === 'crash' || first.kind === 'deadlock') && second.certain !== false && CAUSES.has(second.kind);

const rank = ({ kind, certain }) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length) + (certain === false ? 10 : 0);

/** Whoever wants to find alone what Find has found is not told what lies ahead. */
const keptBack = (state, trace, finding) => state.mode === 'controlled' && state.quiet && isCurrent(state) && stepOf(trace, finding) > state.step;

function challenge(app) {
  return h('div', { class: 'challenge' }, h('p', {}, 'This program can fail. Choose who runs next and make it happen.'),
    h('button', { class: 'btn s', type: 'button', onclick: () => app.store.set({ quiet: false }) }, 'Tell me how'));
}

/** In Schedule, of an order without a finding. */
function nothingWrong(trace) {
  return trace.ended.outcome === 'ok' ? 'This order ends well.' : trace.ended.sentence || 'Nothing was found in this order.';
}
