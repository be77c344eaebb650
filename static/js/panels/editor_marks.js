/** What the editor shows on top of the text: where each thread is, which literals are knobs, which line is wrong. */
import { Decoration, EditorView, GutterMarker, RangeSet, StateEffect, StateField, WidgetType, gutter, gutterLineClass } from '../../vendor/codemirror.js';
import { h } from './dom.js';
import { findLiterals } from './knob_literals.js';

const SHOWN_TAGS = 2, SHORT = 2;

/** Replaces every thread mark. Value: [{line, state, threads: [{tag, identity, name}]}], lines rising, `state` a CSS state name. */
export const setThreadMarks = StateEffect.define();
/** Shows one wrong line, or none. Value: {line, message} or null. */
export const setWrong = StateEffect.define();
/** The knob whose literal is under the pointer, or null. */
export const setHotKnob = StateEffect.define();

class Tags extends GutterMarker {
  constructor(threads) {
    super();
    this.threads = threads;
    this.key = threads.map((thread) => `${thread.tag}${thread.identity}`).join();
  }

  eq(other) { return other.key === this.key; }

  toDOM() {
    const some = this.threads.slice(0, SHOWN_TAGS), most = this.threads.length > SHOWN_TAGS && some.some(({ tag }) => tag.length > SHORT) ? 1 : SHOWN_TAGS;
    const shown = some.slice(0, most).map((thread) => h('span', { class: `tag id-${thread.identity}`, title: thread.name }, thread.tag));
    const rest = this.threads.length - shown.length;
    const more = rest && h('span', { class: 'more', title: this.threads.slice(most).map((thread) => thread.name).join(', ') }, `+${rest}`);
    return h('span', { class: 'tags' }, ...shown, more || null); // one element: that is what the gutter takes away again
  }
}

/** Marks every gutter of a line where a thread is; it has a class and nothing to draw. */
const here = new class extends GutterMarker { elementClass = 'here'; }();

class WrongWords extends WidgetType {
  constructor(message) { super(); this.message = message; }

  eq(other) { return other.message === this.message; }

  toDOM() { return h('div', { class: 'wrong-words', role: 'alert' }, this.message); }
}

const threadField = StateField.define({
  create: () => ({ lines: Decoration.none, tags: RangeSet.empty, places: RangeSet.empty }),
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setThreadMarks)) return marksOf(transaction.state.doc, effect.value);
    return transaction.docChanged ? Object.fromEntries(Object.entries(value).map(([name, set]) => [name, set.map(transaction.changes)])) : value;
  },
  provide: (field) => [EditorView.decorations.from(field, (value) => value.lines), gutterLineClass.from(field, (value) => value.places)],
});

function marksOf(doc, marks) {
  const lines = [];
  const tags = [];
  const places = [];
  for (const { line, state, threads } of marks) {
    if (line < 1 || line > doc.lines) continue;
    const at = doc.line(line).from;
    lines.push(Decoration.line({ class: `at at-${state}` }).range(at));
    tags.push(new Tags(threads).range(at));
    places.push(here.range(at));
  }
  return { lines: Decoration.set(lines), tags: RangeSet.of(tags), places: RangeSet.of(places) };
}

const wrongField = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setWrong)) return wrongOf(transaction.state.doc, effect.value);
    return transaction.docChanged ? value.map(transaction.changes) : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function wrongOf(doc, wrong) {
  if (!wrong || wrong.line < 1) return Decoration.none;
  const line = doc.line(Math.min(wrong.line, doc.lines));
  return Decoration.set([
    Decoration.line({ class: 'wrong' }).range(line.from),
    Decoration.widget({ widget: new WrongWords(wrong.message), block: true, side: 1 }).range(line.to),
  ]);
}

/** @param {string[]} names */
function knobField(names) {
  const build = (state, hot) => Decoration.set([...findLiterals(state, names)].filter(([, { from, to }]) => from < to).map(([name, { from, to }]) =>
    Decoration.mark({ class: name === hot ? 'knob-value hot' : 'knob-value', attributes: { title: `set by the knob ${name}` } }).range(from, to)), true);
  return StateField.define({
    create: (state) => ({ hot: null, set: build(state, null) }),
    update(value, transaction) {
      let { hot } = value;
      for (const effect of transaction.effects) if (effect.is(setHotKnob)) hot = effect.value;
      return transaction.docChanged || hot !== value.hot ? { hot, set: build(transaction.state, hot) } : value;
    },
    provide: (field) => EditorView.decorations.from(field, (value) => value.set),
  });
}

/** The gutter comes first, left of the line numbers. @param {string[]} knobNames */
export function marks(knobNames) {
  return [
    gutter({ class: 'cm-who', markers: (view) => view.state.field(threadField).tags, initialSpacer: () => new Tags([]) }),
    threadField, wrongField, knobField(knobNames),
  ];
}
