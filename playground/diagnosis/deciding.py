"""Which lines decide about which others, by the program's text: what is looked at in a test, and what is done or left undone because of it.

A look decides where it stands in the test of an `if` or `while`, in a `return` of a function that is called there, or in an assignment to a name that
stands there; it decides about the body, about `elif` and `else`, and about what follows a loop or a body that leaves. Names tell functions apart, not
objects, so who asks has to know from the trace that one thread did the one after the other.

The text is read as tokens and never parsed, as in `knobs.py`: programs come from strangers. Blocks are what is indented deeper.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_MOST = 32
"""So many returns of the functions of one name and assignments to one name are looked at: a hostile text may have thousands."""
_LEAVES = frozenset({"return", "raise", "continue", "break"})
_TESTS = frozenset({"if", "elif", "while"})
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_MODULE = -1


@dataclass(frozen=True, slots=True)
class Call:
    """`self.done.set()` is method `set` of `done`."""

    line: int
    method: str
    owner: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """A logical line: its words without comments, and how deep it is indented. Of an `if`, a `while` or a `def` the head ends before `colon`."""

    words: tuple[str, ...]
    lines: tuple[int, ...]
    """Of each word."""
    depth: int
    colon: int


@dataclass(frozen=True, slots=True)
class _Branch:
    """The lines that are run or not because of a test. `at_once`: the test and the wait for it are one call."""

    first: int
    last: int
    at_once: bool = False


class Deciding:
    """Made of a program's text; one that has no tokens decides nothing."""

    def __init__(self, source: str) -> None:
        self._statements = list(_statements(source))
        self._own_end = _ends([statement.depth for statement in self._statements])
        """For each statement the place where the block ends that it opens."""
        self._block_end = _ends([statement.depth for statement in self._statements], same=True)
        """And where the block ends that it stands in."""
        self._chain_end = self._chains()
        """And where the `elif` and `else` end that belong to it."""
        self._functions: list[tuple[str, int, int]] = []
        """Name, first and last line."""
        self._around: dict[int, list[str]] = {}
        """By line that was asked about: the functions that it stands in."""
        self._called: dict[str, list[int]] = {}
        self._calls: list[Call] = []
        self._names: dict[int, set[str]] = {}
        """By line: the words that stand there."""
        self._tested: set[int] = set()
        self._returns: dict[str, list[int]] = {}
        self._assigned: dict[tuple[int, str], list[int]] = {}
        self._looks: dict[int, list[tuple[_Branch, str]]] = {}
        """By line: the branches that a look there decides, with the name that carries it to the test ("" if nothing has to)."""
        scopes = self._scopes()
        for place, statement in enumerate(self._statements):
            self._note(statement, scopes[place])
        for place in range(len(self._statements)):
            self._decide(place, scopes[place])

    def tests(self, line: int) -> bool:
        """Whether something is tested at this line, by an `if`, a `while` or an `assert`."""
        return line in self._tested

    def decides(self, look: int, act: int) -> bool:
        """Whether the line `act` is run or not by what was seen at the line `look`, and does not itself work with the value seen."""
        return any((look != act or branch.at_once) and self._governs(branch, act) and name not in self._names.get(act, ())
                   for branch, name in self._looks.get(look, ()))

    def left_undone(self, look: int, methods: frozenset[str], owner: str) -> Call | None:
        """A call of one of the methods, of something of that name, about which a look at this line decides."""
        calls = [call for call in self._calls if call.method in methods and call.owner == owner]
        return next((call for branch, _ in self._looks.get(look, ()) for call in calls if self._governs(branch, call.line)), None)

    def _scopes(self) -> list[int]:
        """For each statement the place of the `def` that it stands in; notes where each function ends."""
        scopes: list[int] = []
        open_: list[int] = []
        for place, statement in enumerate(self._statements):
            while open_ and statement.depth <= self._statements[open_[-1]].depth:
                open_.pop()
            scopes.append(open_[-1] if open_ else _MODULE)
            if "def" in statement.words[:2]:
                open_.append(place)
                self._functions.append((self._name(place), statement.lines[0], self._statements[self._own_end[place] - 1].lines[-1]))
        return scopes

    def _name(self, function: int) -> str:
        words = self._statements[function].words
        return words[words.index("def") + 1] if "def" in words[:-1] else ""

    def _note(self, statement: _Statement, scope: int) -> None:
        words, lines = statement.words, statement.lines
        for word, line in zip(words, lines, strict=True):
            self._names.setdefault(line, set()).add(word)
        if words[0] in _TESTS or words[0] == "assert":
            self._tested.update(range(lines[0], lines[statement.colon - 1] + 1))
        elif words[0] == "return" and scope != _MODULE:
            self._returns.setdefault(self._name(scope), []).extend(range(lines[0], lines[-1] + 1))
        elif words[1:2] == ("=",):
            self._assigned.setdefault((scope, words[0]), []).append(lines[0])
        if "def" in words[:2]:
            inline = words[statement.colon + 1 :]
            if inline[:1] == ("return",):
                self._returns.setdefault(words[words.index("def") + 1], []).append(lines[-1])
            return
        for place, (word, after) in enumerate(pairwise(words)):
            if after == "(" and word.isidentifier():
                self._called.setdefault(word, []).append(lines[place])
                if place > 1 and words[place - 1] == ".":
                    self._calls.append(Call(lines[place], word, _owner(words, place - 2)))

    def _decide(self, place: int, scope: int) -> None:
        """Note which looks decide by this statement."""
        statement = self._statements[place]
        words, lines = statement.words, statement.lines
        if words[0] in _TESTS:
            test, branch = words[1 : statement.colon], self._branch(place)
        elif "wait_for" in words and words[0] != "def":
            test, branch = words[words.index("wait_for") + 1 :], _Branch(lines[0], lines[-1], at_once=True)
        else:
            return
        kept = next((word for word, after in pairwise(test) if after == ":="), "")
        for line in range(lines[0], lines[statement.colon - 1] + 1):
            self._looks.setdefault(line, []).append((branch, kept))
        for name in sorted(set(test)):
            for line in self._assigned.get((scope, name), ())[:_MOST]:
                self._looks.setdefault(line, []).append((branch, name))
            for line in self._returns.get(name, ())[:_MOST]:
                self._looks.setdefault(line, []).append((branch, ""))

    def _branch(self, place: int) -> _Branch:
        """What this test governs; its own line too where the body stands there."""
        statement = self._statements[place]
        head = statement.lines[statement.colon - 1]
        inline = statement.words[statement.colon + 1 :]
        leaves = inline[0] in _LEAVES if inline else self._body_leaves(place, self._own_end[place])
        end = self._block_end[place] if leaves or statement.words[0] == "while" else self._chain_end[place]
        return _Branch(head if inline else head + 1, self._statements[end - 1].lines[-1])

    def _body_leaves(self, place: int, end: int) -> bool:
        body = [each for each in self._statements[max(place + 1, end - _MOST) : end] if each.depth == self._statements[place].depth + 1]
        return bool(body) and body[-1].words[0] in _LEAVES

    def _chains(self) -> list[int]:
        ends = self._own_end.copy()
        for place in range(len(ends) - 1, -1, -1):
            after = self._own_end[place]
            if after < len(ends) and self._statements[after].words[0] in ("elif", "else"):
                ends[place] = ends[after]
        return ends

    def _governs(self, branch: _Branch, line: int) -> bool:
        if branch.first <= line <= branch.last:
            return True
        if line not in self._around:
            self._around[line] = sorted({name for name, first, last in self._functions if first <= line <= last})
        return any(branch.first <= call <= branch.last for name in self._around[line] for call in self._called.get(name, ()))


def _ends(depths: list[int], *, same: bool = False) -> list[int]:
    """For each place the next one that is not deeper; with `same` the next that is less deep."""
    ends, open_ = [len(depths)] * len(depths), list[int]()
    for place, depth in enumerate(depths):
        while open_ and (depths[open_[-1]] > depth or (depths[open_[-1]] == depth and not same)):
            ends[open_.pop()] = place
        open_.append(place)
    return ends


def last_part(name: str) -> str:
    """What a thing is called without its owner and its place: `done` of `latch.done`, `forks` of `forks[0]`."""
    return name.partition(" ")[0].partition("[")[0].rpartition(".")[2]


def _owner(words: tuple[str, ...], place: int) -> str:
    """The name that ends at that word, without the brackets after it."""
    if words[place] == "]":
        depth = 0
        while place > 0:
            depth += (words[place] == "]") - (words[place] == "[")
            place -= 1
            if not depth:
                break
    return words[place] if words[place].isidentifier() else ""


def _statements(source: str) -> Iterator[_Statement]:
    """The logical lines of the text; none at all where it has no tokens."""
    words: list[str] = []
    lines: list[int] = []
    depth = level = colon = 0
    try:
        for token in tokenize.generate_tokens((f"{line}\n" for line in source.split("\n")).__next__):
            match token.type:
                case tokenize.INDENT | tokenize.DEDENT:
                    depth += 1 if token.type == tokenize.INDENT else -1
                case tokenize.NEWLINE if words:
                    yield _Statement(tuple(words), tuple(lines), depth, colon or len(words))
                    words, lines, level, colon = [], [], 0, 0
                case tokenize.NAME | tokenize.OP | tokenize.NUMBER | tokenize.STRING:
                    level += (token.string in _OPEN) - (token.string in _CLOSE)
                    if token.string == ":" and not level and not colon and "lambda" not in words:
                        colon = len(words)
                    words.append(token.string)
                    lines.append(token.start[0])
    except (tokenize.TokenError, SyntaxError):
        return
