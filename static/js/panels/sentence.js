// The strip that says what just happened, in a sentence, with a way to the one before and the one after.
import { plain, storyOf, worthSaying } from '../core/sentences.js';
import { stepRow } from '../core/playback.js';
import { duration } from '../core/words.js';
import { h, icon, say } from './dom.js';
import { nodesOf } from './timeline/words.js';

const LOOK_BACK = 4000, SEEN_MS = 400;
/** How threads end says little once the whole run is over. */
const FAREWELLS = new Set(['thread.ended', 'thread.killed']);

/** {element, described (id of the spoken text), update(trace, t, edge), step(direction)}; `go(row)` moves the playhead to an event. */
export function makeSentence(app, go) {
  const id = `said-${Math.random().toString(36).slice(2, 8)}`;
  const time = h('time'), text = h('p'), spoken = h('span', { class: 'sr', id });
  const earlier = h('button', { class: 'btn s', type: 'button', onclick: () => step(-1) }, icon('back'), h('span', {}, 'Earlier'));
  const later = h('button', { class: 'btn s', type: 'button', onclick: () => step(1) }, icon('fwd'), h('span', {}, 'Later'));
  const element = h('div', { class: 'say' }, time, text, h('span', { class: 'grow' }), earlier, later, spoken);
  let row = -1, lookedAt = '', shownEnd = null, seen = -Infinity, trace = null;

  function step(direction) {
    if (!trace) return;
    const next = stepRow(trace.count, row, direction, (i) => worthSaying(trace, i));
    if (next >= 0) go(next);
  }

  /** What the area is described by; the announcer says it aloud, unless the run has just ended: then it has that to say. */
  function speak(words, aloud) {
    say(spoken, words);
    if (aloud && words) app.actions.announce?.(words);
  }

  /** The end of the run, where that is worth more than the last event. */
  function showEnd(end) {
    if (shownEnd === end) return;
    shownEnd = end;
    row = trace.count;
    time.textContent = duration(end.at_ns);
    text.replaceChildren(document.createTextNode(end.sentence));
    text.title = end.sentence;
    speak(end.sentence, false);
  }

  return {
    element,
    described: id,
    step,
    get row() { return row; },
    update(next, t, calm) {
      const changed = next !== trace;
      trace = next;
      if (!trace) { element.hidden = true; row = -1; return; }
      element.hidden = false;
      const { selection } = app.store.get(), place = `${t}|${trace.count}|${selection?.seq}`;
      const atEnd = Boolean(trace.ended) && app.store.get().playhead === null;
      if (atEnd && trace.ended.outcome !== 'ok' && trace.ended.sentence) { lookedAt = ''; showEnd(trace.ended); return; }
      if (place === lookedAt && !changed && !shownEnd) return;
      shownEnd = null;
      let found = lastWorth(trace, trace.rowAt(t), atEnd ? FAREWELLS : null);
      if (found < 0 && atEnd) found = lastWorth(trace, trace.rowAt(t));
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
      speak(row >= 0 ? plain(trace, storyOf(trace, row + trace.firstSeq)) : '', !atEnd);
    },
  };
}

function lastWorth(trace, row, but = null) {
  for (let i = row, stop = Math.max(0, row - LOOK_BACK); i >= stop; i--) if (worthSaying(trace, i) && !but?.has(trace.kinds[trace.events.kind[i]]?.name)) return i;
  return -1;
}
