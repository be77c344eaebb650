"""A toy machine with threads, memory, locks, semaphores, conditions and queues: it runs any strategy thousands of times a second.

It keeps the same rules as the baton: each thread's next operation is known before it runs, and `dependent` decides what commutes. So a
strategy can be held against brute force on it, without a real thread anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.model.schedule import ACQUIRE, ANY_PART, BEGIN, PURE, READ, RELEASE, TICK, WRITE, ChoicePoint, Pending, dependent
from playground.search.strategy import Strategy

type Operation = tuple[str, int]
type Program = tuple[tuple[Operation, ...], ...]
_MODES = {"read": READ, "write": WRITE, "acquire": ACQUIRE, "release": RELEASE, "try": WRITE, "down": WRITE, "timed": WRITE, "up": WRITE,
          "wait": WRITE,
          "notify": WRITE,
          "put": WRITE, "get": WRITE, "scan": READ, "spill": WRITE, "sleep": READ, "nothing": PURE,
          "start": WRITE, "begin": READ, "alive": READ, "end": RELEASE, "join": ACQUIRE, "linger": WRITE}
_BASE = {"read": 0, "write": 0, "acquire": 100, "release": 100, "try": 100, "down": 200, "timed": 200, "up": 200, "wait": 300, "notify": 300,
         "put": 400,
         "get": 400,
         "sleep": 500, "start": 600, "begin": 600, "alive": 600, "end": 600, "join": 600, "linger": 600}
_KINDS = {"start": "thread.start", "begin": BEGIN.kind}
"""Operations that the dependence relation knows by their kind."""


@dataclass
class Run:
    """One execution: who did what, and what came out."""

    trace: list[tuple[int, Pending]] = field(default_factory=list)
    outcome: tuple[object, ...] = ()
    pruned: bool = False


def run(program: Program, strategy: Strategy) -> Run:
    """Execute once; the strategy's `begin` was called."""
    state = _State(program)
    result = Run()
    current, step = 0, 0
    while True:
        pending = [state.pending(thread) or Pending("none") for thread in range(len(program))]
        ready = [thread for thread in range(len(program)) if state.ready(thread)]
        may_tick = any(deadline > state.now for deadline in state.deadlines.values())
        if not ready and not may_tick:
            break
        chosen = strategy.choose(ChoicePoint(step, current, ready, may_tick, pending))
        if chosen is None:
            result.pruned = True
            break
        step += 1
        if chosen == TICK:
            state.now = min(deadline for deadline in state.deadlines.values() if deadline > state.now)
            result.trace.append((TICK, Pending("clock.tick", 0, 0, 5, True)))
            continue
        assert chosen in ready
        result.trace.append((chosen, pending[chosen]))
        state.do(chosen)
        current = chosen
    strategy.end([state.pending(thread) for thread in range(len(program))])
    result.outcome = state.outcome()
    return result


class _State:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.at = [0] * len(program)
        self.memory: dict[int, object] = {}
        self.held: dict[int, int] = {}
        self.count: dict[int, int] = {}
        self.waiting: dict[int, int] = {}
        self.woken: set[int] = set()
        self.started: set[int] = set()
        self.ended: set[int] = set()
        self.log: list[list[object]] = [[] for _ in program]
        self.now = 0
        self.deadlines: dict[int, int] = {}

    def pending(self, thread: int) -> Pending | None:
        if self.at[thread] >= len(self.program[thread]):
            return None
        name, number = self.program[thread][self.at[thread]]
        if name in ("scan", "spill"):
            return Pending(name, 0 if number < 0 else number + 1, ANY_PART, _MODES[name])
        obj = _BASE.get(name, 0) + number + 1
        part = 1 if name in ("read", "write") else 0
        return Pending(_KINDS.get(name, name), obj, part, _MODES[name], name in ("sleep", "timed", "linger"))

    def ready(self, thread: int) -> bool:
        if self.at[thread] >= len(self.program[thread]):
            return False
        name, number = self.program[thread][self.at[thread]]
        if name == "acquire":
            return number not in self.held
        if name == "down":
            return self.count.get(200 + number, 0) > 0
        if name == "get":
            return self.count.get(400 + number, 0) > 0
        if name == "wait":
            return thread not in self.waiting or thread in self.woken
        if name == "timed":
            return thread not in self.deadlines or self.count.get(200 + number, 0) > 0 or self.deadlines[thread] <= self.now
        if name == "sleep":
            return thread not in self.deadlines or self.deadlines[thread] <= self.now
        if name == "begin":
            return number in self.started
        if name == "join":
            return number in self.ended
        if name == "linger":
            return thread not in self.deadlines or number in self.ended or self.deadlines[thread] <= self.now
        return True

    def do(self, thread: int) -> None:
        name, number = self.program[thread][self.at[thread]]
        if name == "read":
            self.log[thread].append(self.memory.get(number))
        elif name == "write":
            self.memory[number] = (thread, self.at[thread], tuple(self.log[thread]))
        elif name == "scan":
            self.log[thread].append(tuple(sorted(self.memory.items(), key=repr)) if number < 0 else self.memory.get(number))
        elif name == "spill":
            for each in ([number] if number >= 0 else [0, 1, 2]):
                self.memory[each] = (thread, self.at[thread])
        elif name == "acquire":
            self.held[number] = thread
        elif name == "release":
            if self.held.get(number) == thread:
                del self.held[number]
        elif name == "try":
            self.log[thread].append(number in self.held)
        elif name in ("down", "get"):
            self.count[_BASE[name] + number] -= 1
        elif name in ("up", "put"):
            self.count[_BASE[name] + number] = self.count.get(_BASE[name] + number, 0) + 1
        elif name == "wait":
            if thread not in self.waiting:
                self.waiting[thread] = number
                return
            del self.waiting[thread]
            self.woken.discard(thread)
        elif name == "notify":
            for other, condition in self.waiting.items():
                if condition == number and other not in self.woken:
                    self.woken.add(other)
                    break
        elif name == "timed":
            got = self.count.get(200 + number, 0) > 0
            if not got and thread not in self.deadlines:
                self.deadlines[thread] = self.now + 1 + thread
                return
            self.deadlines.pop(thread, None)
            self.count[200 + number] = self.count.get(200 + number, 0) - got
            self.log[thread].append(got)
        elif name == "sleep":
            if thread not in self.deadlines:
                self.deadlines[thread] = self.now + number + 1
                return
            del self.deadlines[thread]
        elif name in ("start", "end"):
            (self.started if name == "start" else self.ended).add(number)
        elif name == "alive":
            self.log[thread].append(number in self.started - self.ended)
        elif name == "linger":
            if number not in self.ended and thread not in self.deadlines:
                self.deadlines[thread] = self.now + 1 + thread
                return
            self.deadlines.pop(thread, None)
            self.log[thread].append(number in self.ended)
        self.at[thread] += 1

    def outcome(self) -> tuple[object, ...]:
        return (tuple(sorted(self.memory.items(), key=repr)), tuple(map(tuple, self.log)), tuple(self.at))


def class_of(trace: list[tuple[int, Pending]]) -> frozenset[tuple[tuple[int, int], tuple[int, int]]]:
    """What all executions of one Mazurkiewicz class share: the order of every two dependent steps of different threads, and which steps there are."""
    counts: dict[int, int] = {}
    named = []
    for thread, operation in trace:
        counts[thread] = counts.get(thread, 0) + 1
        named.append(((thread, counts[thread]), operation))
    pairs = {(one, other) for at, (other, second) in enumerate(named) for one, first in named[:at] if one[0] != other[0] and dependent(first, second)}
    return frozenset(pairs | {((thread, count), (-2, 0)) for thread, count in counts.items()})
