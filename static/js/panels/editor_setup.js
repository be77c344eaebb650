/** CodeMirror as the lab wants it: quiet Python (weights, not hues: colour belongs to threads), history, search, brackets. */
import {
  EditorState, EditorView, HighlightStyle, bracketMatching, defaultKeymap, drawSelection, highlightSelectionMatches, history, historyKeymap,
  indentOnInput, indentUnit, indentWithTab, keymap, lineNumbers, pythonLanguage, search, searchKeymap, syntaxHighlighting, tags,
} from '../../vendor/codemirror.js';

const weights = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null, tags.self], fontWeight: '640' },
  { tag: tags.comment, color: 'var(--ink-3)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ink-2)' },
  { tag: [tags.definition(tags.variableName), tags.definition(tags.className), tags.function(tags.definition(tags.variableName))], fontWeight: '500' },
]);

const STATES = ['running', 'blocked', 'gil', 'io', 'sleeping', 'crashed'];
/** Ready is blue: it can be chosen. */
const READY = { background: 'var(--accent-soft)', boxShadow: 'inset 3px 0 var(--accent)' };
const tints = Object.fromEntries(STATES.map((state) => [`.cm-line.at-${state}`, { background: `var(--${state}-soft)`, boxShadow: `inset 3px 0 var(--${state})` }]));

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', background: 'var(--panel)', fontSize: 'var(--code)' },
  '&.cm-focused': { outline: '2px solid transparent', boxShadow: 'inset 0 0 0 2px var(--accent)' },
  '.cm-scroller': { fontFamily: 'var(--font-code)', lineHeight: 'var(--code-line)', fontFeatureSettings: '"calt" 0', scrollbarWidth: 'thin', scrollbarColor: 'var(--line-2) transparent' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 14px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '1.5px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-soft)' },
  '.cm-gutters': { background: 'var(--panel)', border: '0', color: 'var(--ink-3)' },
  '.cm-lineNumbers .cm-gutterElement': { fontSize: '11px', padding: '0 0 0 2px', minWidth: '26px', lineHeight: 'var(--code-line)' },
  '.cm-lineNumbers': { marginRight: '6px' },
  '.cm-lineNumbers .cm-gutterElement.here': { color: 'var(--ink)', fontWeight: '600' },
  '.cm-who': { width: '72px' },
  '.cm-who .cm-gutterElement': { display: 'flex', justifyContent: 'flex-end', alignItems: 'flex-start', gap: '2px', padding: '2px 2px 0 0' },
  '.tag': {
    display: 'inline-grid', placeItems: 'center', minWidth: '20px', height: '15px', padding: '0 3px', borderRadius: '4px', background: 'var(--id)', color: 'var(--id-ink)',
    font: '640 10.5px/1 var(--font-ui)', fontVariantNumeric: 'tabular-nums', letterSpacing: '.01em',
  },
  ...Object.fromEntries([...Array(8).keys()].map((id) => [`.id-${id}`, { '--id': `var(--id-${id})` }])),
  '.tags': { display: 'inline-flex', alignItems: 'center', gap: '2px' },
  '.more': { font: '600 10.5px var(--font-ui)', color: 'var(--ink-3)' },
  '.knob-value': { color: 'var(--accent)', fontWeight: '640', background: 'var(--accent-soft)', borderRadius: '3px', padding: '1px 4px', margin: '0 -3px' },
  '.knob-value *': { color: 'var(--accent)' },
  '.knob-value.hot': { textDecoration: 'underline', textUnderlineOffset: '3px' },
  '.cm-line.wrong': { background: 'var(--crashed-soft)', boxShadow: 'inset 3px 0 var(--crashed)' },
  '.wrong-words': { font: '500 12px/1.45 var(--font-ui)', color: 'var(--crashed-text)', padding: '4px 14px 6px', whiteSpace: 'pre-wrap' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { background: 'var(--hover)', outline: '1px solid var(--line-3)' },
  '.cm-selectionMatch': { background: 'var(--sunken)' },
  '.cm-searchMatch': { background: 'var(--gil-soft)', outline: '1px solid var(--gil)' },
  '.cm-panels': { background: 'var(--sunken)', color: 'var(--ink)', borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { fontFamily: 'var(--font-ui)', fontSize: 'var(--text-s)', padding: '6px 12px' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button': { fontSize: 'var(--text-s)', minHeight: '24px' },
  '.cm-textfield': { background: 'var(--panel)', border: '1px solid var(--line-3)', borderRadius: '4px', color: 'var(--ink)' },
  '.cm-button': { background: 'var(--panel)', border: '1px solid var(--line-3)', borderRadius: '4px', color: 'var(--ink)' },
  '.cm-line.at-ready': READY,
  ...tints,
  '@media (max-width: 719px)': { '.cm-who': { width: '60px' } },
});

/**
 * An editor inside a shadow root: there CodeMirror's styles are adopted style sheets, which `style-src 'self'` allows.
 * @param {Element} host @param {string} doc @param {any[]} extensions @param {string} label
 */
export function createEditor(host, doc, extensions, label) {
  const root = host.attachShadow({ mode: 'open' });
  const before = extensions[0];
  const state = EditorState.create({
    doc,
    extensions: [
      before, lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightSelectionMatches(), search(), pythonLanguage, EditorView.lineWrapping, indentUnit.of('    '),
      syntaxHighlighting(weights), look, EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
      ...extensions.slice(1), keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
    ],
  });
  return new EditorView({ state, parent: root, root });
}
