/** Recording slows a program and can change what happens, so the same program can be run without it and the two compared. */
import { neverRan } from '../core/endings.js';
import { createNet } from '../net/socket.js';
import { socketAddress, specOf } from '../app.js';
import { address, h } from './dom.js';
import { ending } from './status_line.js';

export function comparison(app) {
  const words = h('span', { class: 'grow' });
  const button = h('button', { class: 'btn s', type: 'button', onclick: start }, 'Run it unrecorded and compare');
  const element = h('div', { class: 'compare', role: 'group', 'aria-label': 'Comparison with an unrecorded run' }, words, button);
  let close = () => {};
  const draw = () => {
    close();
    const { trace, run } = app.store.get();
    element.hidden = run !== 'ended' || !trace?.ended || trace.ended.outcome === 'refused' || neverRan(trace);
    button.hidden = element.hidden;
    if (element.hidden) return;
    button.hidden = false;
    button.disabled = false;
    button.textContent = 'Run it unrecorded and compare';
    const found = trace.findings.length > 0;
    const none = found || trace.ended.outcome !== 'ok' ? '' : 'No deadlock or crash in this run. ';
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
    const other = { run: '', outputs: [], ended: null };
    close = () => { net.close(); close = () => {}; };
    net.on('queued', (message) => { words.replaceChildren(`Waiting for a place: ${message.place} in line.`); });
    net.on('error', (message) => { words.replaceChildren(message.message); button.hidden = true; close(); });
    net.on('accepted', (message) => { other.run = message.run; });
    net.on('message', (message) => {
      if (message.type === 'output') other.outputs.push(message);
      if (message.type !== 'end') return;
      other.ended = message;
      close();
      show(trace, other);
    });
    net.run(specOf(app, { source: ranSource, record: false }));
  }
  /** What the two endings allow to say is worded where the truth about switch points is kept: by the server. */
  async function show(trace, other) {
    const row = (name, one) => [h('b', {}, `${name}: `), `${ending(one)} `];
    let sentences = [];
    try {
      sentences = (await (await fetch(address(`/runs/${trace.run}/against/${other.run}`))).json()).sentences ?? [];
    } catch { /* the two endings stand for themselves */ }
    words.replaceChildren(...row('Recorded', trace), ...row('Unrecorded', other), `${printed(trace, other)} ${sentences.join(' ')}`);
    button.hidden = true;
    app.actions.announce(words.textContent);
  }
  draw();
  return { element, button, words, draw };
}

/** Whether both printed the same. */
function printed(one, other) {
  const text = (run) => run.outputs.map((each) => each.text).join('');
  const [a, b] = [text(one), text(other)];
  if (a === b) return 'Same output.';
  const sorted = (all) => all.split('\n').sort().join('\n');
  return sorted(a) === sorted(b) ? 'The same lines in another order.' : 'Different output.';
}
