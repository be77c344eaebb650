// The strip that says what just happened, in a sentence, with a way to the one before and the one after.
import { plain, storyOf, worthSaying } from '../core/sentences.js';
import { stepRow } from '../core/playback.js';
import { duration } from '../core/words.js';
import { h, say } from './dom.js';
import { nodesOf } from './timeline/words.js';

const LOOK_BACK = 4000, SPOKEN_MS = 2000, SEEN_MS = 400;

/** {element, described (id of the spoken text), update(trace, t, edge), step(direction)}; `go(row)` moves the playhead to an event. */
export function makeSentence(app, go) {
  const id = `said-${Math.random().toString(36).slice(2, 8)}`;
  const time = h('time'), text = h('p'), spoken = h('span', { class: 'sr', role: 'status', 'aria-live': 'polite', id });
  const earlier = h('button', { class: 'btn s', type: 'button', onclick: () => step(-1) }, 'Earlier');
  const later = h('button', { class: 'btn s', type: 'button', onclick: () => step(1) }, 'Later');
  const element = h('div', { class: 'say' }, time, text, h('span', { class: 'grow' }), earlier, later, spoken);
  let row = -1, lookedAt = '', seen = -Infinity, heard = -Infinity, timer = 0, trace = null;

  function step(direction) {
    if (!trace) return;
    const next = stepRow(trace.count, row, direction, (i) => worthSaying(trace, i));
    if (next >= 0) go(next);
  }

  function speak() {
    clearTimeout(timer);
    const wait = heard + SPOKEN_MS - performance.now();
    if (wait > 0) { timer = setTimeout(speak, wait); return; }
    heard = performance.now();
    say(spoken, trace && row >= 0 ? plain(trace, storyOf(trace, row + trace.firstSeq)) : '');
  }

  return {
    element,
    described: id,
    step,
    get row() { return row; },
    destroy: () => clearTimeout(timer),
    update(next, t, calm) {
      const changed = next !== trace;
      trace = next;
      if (!trace) { element.hidden = true; row = -1; return; }
      element.hidden = false;
      const { selection } = app.store.get(), place = `${t}|${trace.count}|${selection?.seq}`;
      if (place === lookedAt && !changed) return;
      let found = lastWorth(trace, trace.rowAt(t));
      if (selection?.seq != null && app.store.get().playhead !== null) {
        const chosen = selection.seq - trace.firstSeq;
        if (chosen >= 0 && chosen < trace.count && trace.events.at[chosen] === t && worthSaying(trace, chosen)) found = chosen;
      }
      if (found === row && !changed) { lookedAt = place; return; }
      if (!calm && !changed && performance.now() - seen < SEEN_MS) return;
      seen = performance.now();
      lookedAt = place;
      row = found;
      time.textContent = row >= 0 ? duration(trace.events.at[row]) : '';
      text.replaceChildren(...(row >= 0 ? nodesOf(trace, storyOf(trace, row + trace.firstSeq)) : [document.createTextNode(trace.count ? 'Nothing to say yet.' : '')]));
      text.title = text.textContent;
      speak();
    },
  };
}

function lastWorth(trace, row) {
  for (let i = row, stop = Math.max(0, row - LOOK_BACK); i >= stop; i--) if (worthSaying(trace, i)) return i;
  return -1;
}
