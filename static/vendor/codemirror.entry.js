// What the editor panel uses of CodeMirror 6, and nothing else; build.js makes codemirror.js of it.
export { EditorState, RangeSet, StateEffect, StateField } from '@codemirror/state';
export {
  Decoration, EditorView, GutterMarker, WidgetType, drawSelection, gutter, gutterLineClass, keymap, lineNumbers, rectangularSelection,
} from '@codemirror/view';
export { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
export { HighlightStyle, bracketMatching, ensureSyntaxTree, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from '@codemirror/language';
export { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
export { pythonLanguage } from '@codemirror/lang-python';
export { tags } from '@lezer/highlight';
