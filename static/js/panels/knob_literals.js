/** Where the program's knobs stand: the first module-level `NAME = value` of each name, by the editor's own parse tree. */
import { ensureSyntaxTree, syntaxTree } from '../../vendor/codemirror.js';

/** A program of 64 KB is parsed in some 20 ms; a busy machine may need more, and half a tree would have lost its knobs. */
const PARSE_MS = 5000;

/**
 * @param {any} state the editor's state @param {string[]} names
 * @returns {Map<string, {from: number, to: number, text: string}>} only of those that are found
 */
export function findLiterals(state, names) {
  const wanted = new Set(names);
  const found = new Map();
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS) ?? syntaxTree(state);
  for (let node = tree.topNode.firstChild; node && wanted.size; node = node.nextSibling) {
    if (node.name !== 'AssignStatement') continue;
    const target = node.firstChild;
    const value = node.lastChild;
    const name = state.sliceDoc(target.from, target.to);
    if (target.name !== 'VariableName' || !wanted.has(name) || value.name === 'AssignOp') continue;
    wanted.delete(name);
    found.set(name, { from: value.from, to: value.to, text: state.sliceDoc(value.from, value.to) });
  }
  return found;
}
