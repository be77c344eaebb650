"""Depth-first search with a preemption bound (CHESS: Musuvathi, Qadeer, PLDI 2007): most bugs need one or two preemptions.

Tries every schedule that takes a thread off which could have gone on at most `bound` times; blocking, ending and starting are free switches.
It does not prune (sleep sets and a preemption bound do not mix naively: Coons, Musuvathi, McKinley 2013), so it is complete only in its bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.model.schedule import TICK, ChoicePoint, Pending
from playground.search.strategy import keep_going


@dataclass(slots=True)
class _Node:
    chosen: int
    left: list[int]
    """Alternatives not tried yet. Invariant: each keeps within the bound."""
    spent: int
    """Preemptions before this step."""
    current: int
    may_stay: bool


class Dfs:
    """All schedules of at most `bound` preemptions; `begin` says False when they are done or `executions` are used up (then `complete` is False)."""

    def __init__(self, bound: int, executions: int = 1 << 60) -> None:
        self.bound = bound
        self._left = executions
        self._stack: list[_Node] = []
        self._first = True
        self.complete = False

    def begin(self) -> bool:
        self._left -= 1
        if self._first:
            self._first = False
            return self._left >= 0
        while self._stack and not self._stack[-1].left:
            self._stack.pop()
        if not self._stack:
            self.complete = True
            return False
        self._stack[-1].chosen = self._stack[-1].left.pop(0)
        return self._left >= 0

    def choose(self, point: ChoicePoint) -> int | None:
        stack = self._stack
        if point.step < len(stack):
            return stack[point.step].chosen
        spent = 0
        if stack:
            last = stack[-1]
            spent = last.spent + (last.may_stay and last.chosen != last.current)
        chosen = keep_going(point)
        others = [thread for thread in point.ready if thread != chosen]
        if point.may_tick and chosen != TICK:
            others.append(TICK)
        may_stay = point.current in point.ready
        stack.append(_Node(chosen, others if not may_stay or spent < self.bound else [], spent, point.current, may_stay))
        return chosen

    def end(self, pending: Sequence[Pending | None]) -> None:
        pass
