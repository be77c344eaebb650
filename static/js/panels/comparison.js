/** Recording slows a program and can change what happens, so the same program can be run without it and the two compared. */
import { duration } from '../core/words.js';
import { createNet } from '../net/socket.js';
import { socketAddress, specOf } from '../app.js';
import { h } from './dom.js';
import { ending } from './status_line.js';

export function comparison(app) {
  const words = h('span', { class: 'grow' });
  const button = h('button', { class: 'btn s', type: 'button', onclick: start }, 'Run it unrecorded and compare');
  const element = h('div', { class: 'compare', role: 'group', 'aria-label': 'Comparison with an unrecorded run' }, words, button);
  let close = () => {};
  const draw = () => {
    close();
    const { trace, run } = app.store.get();
    element.hidden = run !== 'ended' || !trace?.ended || trace.ended.outcome === 'refused';
    button.hidden = element.hidden;
    if (element.hidden) return;
    button.hidden = false;
    button.disabled = false;
    button.textContent = 'Run it unrecorded and compare';
    const found = trace.findings.length > 0;
    const none = found ? '' : 'No deadlock or crash in this run. ';
    const slowed = trace.ended.perturbed > 1.2 ? `Recording slowed this run about ${trace.ended.perturbed.toFixed(1)}x (an estimate). ` : '';
    const caution = 'Being recorded can change what a program does.';
    button.title = caution;
    words.replaceChildren(found && !slowed ? '' : `${none}${slowed}${caution}`);
    element.hidden = found && !slowed;
  };
  function start() {
    element.hidden = false;
    words.replaceChildren('The same program runs once more, without being recorded.');
    const { trace, ranSource } = app.store.get();
    button.disabled = true;
    button.textContent = 'Running';
    const net = createNet({ url: socketAddress(app.page) });
    const other = { outputs: [], ended: null };
    close = () => { net.close(); close = () => {}; };
    net.on('queued', (message) => { words.replaceChildren(`Waiting for a place: ${message.place} in line.`); });
    net.on('error', (message) => { words.replaceChildren(message.message); button.hidden = true; close(); });
    net.on('message', (message) => {
      if (message.type === 'output') other.outputs.push(message);
      if (message.type !== 'end') return;
      other.ended = message;
      close();
      show(trace, other);
    });
    net.run(specOf(app, { source: ranSource, record: false }));
  }
  function show(trace, other) {
    const row = (name, one) => [h('b', {}, `${name}: `), `${ending(one)} `];
    const seconds = `Time until the end: ${duration(trace.ended.at_ns)} recorded, ${duration(other.ended.at_ns)} unrecorded.`;
    words.replaceChildren(...row('Recorded', trace), ...row('Unrecorded', other), `${sameness(trace, other)} ${seconds}`);
    button.hidden = true;
    app.actions.announce(words.textContent);
  }
  draw();
  return { element, button, words, draw };
}

/** What both runs have in common, as far as one run each can tell. */
function sameness(one, other) {
  const outcome = (run) => `${run.ended.outcome}|${run.ended.error}`;
  if (outcome(one) !== outcome(other)) return 'The two ended differently: what happened depends on timing, or on being recorded.';
  const text = (run) => run.outputs.map((each) => each.text).join('');
  const [a, b] = [text(one), text(other)];
  if (a === b) return 'Same outcome, same output.';
  const sorted = (all) => all.split('\n').sort().join('\n');
  return sorted(a) === sorted(b) ? 'Same outcome, the same lines in another order.' : 'Same outcome, different output.';
}
