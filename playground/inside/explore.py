"""Many executions of one program in one process: find a failure, confirm it on real threads, shrink it, and write down how to get it again.

What is found on greenlets counts only after real threads have done the same twice; a program that does not repeat itself under
the same schedule is inconclusive, never failing. `exhausted` needs all of: partial-order reduction ran to its end at `access` or `bytecode`, every
execution ended by itself, and nothing in any of them left what the dependence relation knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from playground.inside.beneath.backend import Backend
from playground.inside.beneath.baton import Baton
from playground.inside.beneath.os_threads import OsThreads
from playground.inside.culprits import objects_of, stuck, touched
from playground.inside.execution import Execution
from playground.inside.recording import Recording
from playground.inside.source import release
from playground.model.finding import PossibleOn
from playground.model.outcome import Outcome
from playground.model.report import MOST_CLASSES, Failure, FailureStep, Leaf, Report
from playground.model.schedule import Schedule, hash_of, write_choices
from playground.search._shrink import Follow, Tried, shrink
from playground.search.dfs import Dfs
from playground.search.dpor import Dpor
from playground.search.pct import Pct
from playground.search.random_walk import RandomWalk
from playground.search.replay import Guided, Replay
from playground.search.strategy import Strategy

PROVING = ("access", "bytecode")
"""Granularities at which the dependence relation knows all that a step touches."""


_LONGEST_LEAF = 100_000
"""A class whose choices take more characters is counted, not kept."""


@dataclass(slots=True)
class _Tally:
    """What the executions so far came to."""

    executions: int = 0
    clean: int = 0
    failed: Outcome | None = None
    inconclusive: str = ""
    unproven: set[str] = field(default_factory=set)
    diverged: bool = False
    exhausted: bool = False
    """Reduction, or a search without a bound, came to its end."""
    reduced: bool = False
    """Reduction came to its end, so the leaves are all there are."""
    leaves: list[Leaf] = field(default_factory=list)
    left_out: bool = False
    """True if there are more leaves than are kept."""

    def take(self, outcome: Outcome, *, leaf: bool) -> None:
        """One execution more; `leaf` says that it stands for a class of its own."""
        self.executions += 1
        self.unproven.update(outcome.unproven)
        if outcome.verdict == "clean":
            self.clean += 1
        elif outcome.verdict == "inconclusive":
            self.inconclusive = self.inconclusive or outcome.message
        elif outcome.failed:
            self.failed = self.failed or outcome
        if leaf and (outcome.failed or outcome.verdict == "clean"):
            text = write_choices(outcome.choices) if len(self.leaves) < MOST_CLASSES else None
            if text is None or len(text) > _LONGEST_LEAF:
                self.left_out = True
            else:
                self.leaves.append(Leaf(outcome.verdict, outcome.error[:200], outcome.message[:1000], text))


class Explorer:
    """Searches one program. `enough` is asked before each execution and ends the search by saying True; `late` ends what follows it.

    `watch` is given the baton before the first execution, `progress` the number of executions and the strategy's word after each one
    (and "telling" once the search is over). With `every_class` a failure does not end the search: partial-order reduction goes on.
    """

    def __init__(self, source: str, name: str = "program.py", *, granularity: str = "access", strategy: str = "auto", seed: int = 0,
                 max_executions: int = 10_000, backend: Backend | None = None, every_class: bool = False,
                 enough: Callable[[], bool] = lambda: False, late: Callable[[], bool] = lambda: False,
                 watch: Callable[[Baton], None] = lambda baton: None,
                 progress: Callable[[int, str], None] = lambda executions, strategy: None) -> None:
        self._source, self._name = source, name
        self._granularity, self._strategy, self._seed = granularity, strategy, seed
        self._most, self._every_class = max_executions, every_class
        self._enough, self._late, self._watch, self._progress = enough, late, watch, progress
        self._fast = backend if backend is not None else fastest()
        self._real = OsThreads()

    def run(self) -> Report:
        """Search, and report."""
        tally = _Tally()
        failure = self._looked(self._granularity, tally, self._search)
        if tally.failed is None and tally.exhausted and self._granularity in PROVING and not tally.inconclusive and not tally.diverged:
            failure = self._looked("bytecode", tally, self._doubt)
        if tally.failed is None:
            self._progress(tally.executions, TELLING)
        if failure is not None:
            failure = self._placed(failure, tally)
        return self._report(tally, failure)

    def _looked(self, granularity: str, tally: _Tally, look: Callable[[Execution, _Tally], None]) -> Failure | None:
        """The failure that was found at this granularity, if any."""
        execution = Execution(self._source, self._name, granularity, self._fast, seed=self._seed)
        self._watch(execution.baton)
        try:
            look(execution, tally)
            if tally.failed is None:
                return None
            self._progress(tally.executions, TELLING)
            return self._failure(execution, tally)
        finally:
            execution.close()

    def _doubt(self, execution: Execution, tally: _Tally) -> None:
        """Before nothing is said to fail: orders by chance, stopped before every instruction, which share no judgement with the reduction."""
        steps = 0
        for strategy in (Pct(self._seed, _DOUBTS), RandomWalk(self._seed, _DOUBTS)):
            while steps < _DOUBTED_STEPS and not self._enough() and strategy.begin():
                outcome = execution.run(strategy)
                steps += len(outcome.choices)
                if outcome.failed:
                    tally.failed, tally.exhausted, tally.reduced = outcome, False, False
                    return

    def _report(self, tally: _Tally, failure: Failure | None) -> Report:
        verdict = failure.kind if failure is not None else "clean"
        reason = ""
        if failure is None and tally.diverged:
            verdict, reason = "inconclusive", "the program does not repeat itself under the same schedule: something other than scheduling decides"
        elif failure is None and tally.inconclusive:
            verdict, reason = "inconclusive", tally.inconclusive
        elif failure is None and not tally.clean:
            verdict, reason = "inconclusive", "no execution came to its end"
        proved = self._granularity in PROVING and not tally.unproven and not tally.inconclusive and not tally.diverged
        exhausted = verdict == "clean" and tally.exhausted and proved
        if verdict == "clean" and tally.exhausted and tally.unproven:
            reason = f"{NO_PROOF}{'; '.join(sorted(tally.unproven))}"[:900]
        complete = tally.reduced and proved and not tally.left_out and bool(tally.leaves)
        granularity = self._granularity if failure is None else failure.schedule.split(";")[1]
        return Report(verdict, exhausted, tally.executions, granularity, self._strategy, reason, failure, tuple(tally.leaves), complete)

    # searching -------------------------------------------------------------------------------------------------------------------------

    def _search(self, execution: Execution, tally: _Tally) -> None:
        for strategy in self._strategies():
            reduces = isinstance(strategy, Dpor)
            if tally.failed is not None and not reduces:
                continue
            if self._one_strategy(execution, tally, strategy, reduces=reduces):
                return
            if isinstance(strategy, Dpor):
                tally.diverged |= strategy.diverged
                tally.reduced = strategy.complete and not execution.overlooked
                tally.exhausted |= tally.reduced
            elif isinstance(strategy, Dfs):
                tally.exhausted |= strategy.complete and strategy.bound >= UNBOUNDED
            if tally.exhausted and not tally.inconclusive:
                if tally.unproven and self._strategy == "auto" and not self._every_class:
                    self._blindly(execution, tally)
                return

    def _blindly(self, execution: Execution, tally: _Tally) -> None:
        """The reduction came to its end over what it does not know whole: orders by chance, which trust no relation, look once more."""
        for strategy in (Pct(self._seed, _BLIND), RandomWalk(self._seed, _BLIND)):
            if tally.failed is None and self._one_strategy(execution, tally, strategy, reduces=False):
                return

    def _one_strategy(self, execution: Execution, tally: _Tally, strategy: Strategy, *, reduces: bool) -> bool:
        """Let the strategy try what it wants to; True if the whole search is over."""
        word = WORDS[type(strategy)]
        while tally.executions < self._most and not self._enough() and strategy.begin():
            outcome = execution.run(strategy)
            tally.take(outcome, leaf=reduces)
            self._progress(tally.executions, word)
            if outcome.failed:
                if not self._every_class:
                    return True
                if not reduces:
                    return False
            elif outcome.verdict == "clean":
                if (tally.executions < 5 or not tally.executions % 16) and not _repeats(execution, outcome):
                    tally.diverged = True
                    return True
            elif outcome.verdict == "inconclusive" and tally.executions > 3 and not tally.clean and tally.failed is None:
                return True
        return False

    def _strategies(self) -> Iterator[Strategy]:
        seed, most = self._seed, self._most
        proving = self._granularity in PROVING
        if self._strategy == "auto":
            if proving:
                yield (dpor := Dpor(min(25, most)))
                yield RandomWalk(seed, 50)
                yield Pct(seed, 50)
                if not dpor.diverged:
                    dpor.allow(min(1_500, most))
                    yield dpor
            yield Pct(seed, 1_000)
            yield Dfs(1, 2_000)
            yield Dfs(2, 2_000)
            if proving and not dpor.diverged:
                dpor.allow(most)
                yield dpor
            else:
                yield RandomWalk(seed, most)
        elif self._strategy == "dpor":
            yield Dpor(most)
        elif self._strategy == "pct":
            yield Pct(seed, most)
        elif self._strategy == "random":
            yield RandomWalk(seed, most)
        else:
            for bound in (0, 1, 2, 3, UNBOUNDED):
                yield Dfs(bound, most)

    # showing what was found ------------------------------------------------------------------------------------------------------------

    def _failure(self, execution: Execution, tally: _Tally) -> Failure | None:
        found = tally.failed
        assert found is not None
        alike = _alike(found)

        def fails(wish: Sequence[int]) -> Tried | None:
            follow = Follow(wish)
            outcome = execution.run(follow)
            return Tried(outcome.choices, tuple(follow.preempted)) if outcome.failed and _alike(outcome) == alike else None

        best = shrink(found.choices, fails, late=self._late)
        if best is None:
            tally.diverged = True
            return None
        execution.baton.backend = self._real
        first, told = _recorded(execution, best.choices)
        second, again = _recorded(execution, best.choices)
        execution.baton.backend = self._fast
        if first.choices != best.choices or _alike(first) != alike or (told.steps, told.facts) != (again.steps, again.facts) or first != second:
            tally.diverged = True
            return None
        schedule = Schedule(execution.granularity, release(), hash_of(self._source), best.choices)
        return _told(first, told, len(best.preempted), str(schedule))

    def _placed(self, failure: Failure, tally: _Tally) -> Failure:
        """The same failure with where it can happen: any interleaving is possible without a GIL; with one, only switches at its checks."""
        if self._granularity == "gil":
            on_gil: bool | None = True
        else:
            on_gil = self._possible_on_gil(failure)
        return Failure(failure.kind, failure.error, failure.message, failure.threads, failure.objects, failure.preemptions, failure.schedule,
                       PossibleOn(on_gil, True), failure.steps, failure.waits)

    def _possible_on_gil(self, failure: Failure) -> bool | None:
        execution = Execution(self._source, self._name, "gil", self._fast, seed=self._seed)
        everything = Dfs(UNBOUNDED)
        steps = 0
        order = [step.thread for step in failure.steps if step.at_primitive]
        proves = True
        try:
            for strategy in (Guided(order), Pct(self._seed, 40), everything):
                while steps < _GIL_STEPS and not self._late() and strategy.begin():
                    outcome = execution.run(strategy)
                    steps += len(outcome.choices)
                    if outcome.failed and (outcome.verdict, outcome.error) == (failure.kind, failure.error):
                        return True
                    proves = proves and outcome.verdict != "inconclusive" and not outcome.unproven
                if not proves:
                    return None
        finally:
            execution.close()
        return False if everything.complete and proves else None


NO_PROOF = "every order that is told apart ended well, which is no proof where the program depends on "
_DOUBTS, _DOUBTED_STEPS = 100, 60_000
"""Executions by chance, of each kind, and their steps in all, before a search that found nothing is believed."""
_BLIND = 150
"""Executions by chance, of each kind, where a search was complete but is no proof."""
_GIL_STEPS = 40_000
"""So many steps may be spent on whether a failure can happen with a GIL; about a third of a second."""
UNBOUNDED = 1 << 30
"""A preemption bound that binds nothing."""
TELLING = "telling"
"""As a strategy's word: the search is over, what it found is being shrunk and confirmed."""
WORDS: dict[type, str] = {Dpor: "dpor", Pct: "pct", RandomWalk: "random", Dfs: "dfs"}
"""Strategies as the command line and the page name them."""


def replay(source: str, name: str, schedule: Schedule, backend: Backend, *, seed: int = 0) -> tuple[Outcome, Recording, int | None]:
    """Run along a schedule and record everything; the last value is the step at which the program could not follow, or None."""
    schedule.check_source(source)
    return follow(source, name, schedule, backend, seed=seed)


def follow(source: str, name: str, schedule: Schedule, backend: Backend, *, seed: int = 0) -> tuple[Outcome, Recording, int | None]:
    """The same for a text that may have changed since the schedule was made."""
    execution = Execution(source, name, schedule.granularity, backend, seed=seed)
    try:
        return along(execution, schedule)
    finally:
        execution.close()


def along(execution: Execution, schedule: Schedule) -> tuple[Outcome, Recording, int | None]:
    """The same for an execution that somebody else holds, and gives back."""
    strategy = Replay(schedule.choices)
    strategy.begin()
    outcome, recording = execution.record(strategy)
    return outcome, recording, strategy.left_off


def retold(source: str, name: str, schedule: Schedule, seed: int) -> Failure | None:
    """The failure that this schedule gives here and now; None if it gives none, or if the program cannot follow."""
    outcome, told, left_off = replay(source, name, schedule, OsThreads(), seed=seed)
    if not outcome.failed or left_off is not None:
        return None
    return _told(outcome, told, 0, str(schedule))


def fastest() -> Backend:
    """Greenlets where they are installed for this Python, else real threads."""
    try:
        from playground.inside.beneath.greenlets import Greenlets
    except ImportError:
        return OsThreads()
    return Greenlets()


def _repeats(execution: Execution, outcome: Outcome) -> bool:
    """True if the same schedule gives the same once more (the check for foreign nondeterminism, as in Shuttle)."""
    strategy = Replay(outcome.choices)
    strategy.begin()
    return execution.run(strategy) == outcome


def _recorded(execution: Execution, choices: Sequence[int]) -> tuple[Outcome, Recording]:
    strategy = Replay(choices)
    strategy.begin()
    return execution.record(strategy)


def _alike(outcome: Outcome) -> tuple[object, ...]:
    """What makes two failing executions show the same failure."""
    return (outcome.verdict, outcome.error, outcome.line) if outcome.verdict == "exception" else (outcome.verdict,
                                                                                                  tuple(w.kind for w in outcome.waits))


def _told(outcome: Outcome, told: Recording, preempted: int, schedule: str) -> Failure:
    touches = touched(told)
    steps = tuple(FailureStep(step.step, step.thread, told.threads.get(step.thread, "the clock"), step.kind, name, step.line, step.primitive)
                  for step, _, name in touches)
    waits = stuck(outcome, told)
    threads = tuple(wait.thread_name for wait in waits) if outcome.verdict == "deadlock" else (outcome.thread_name,)
    return Failure(outcome.verdict, outcome.error, outcome.message, threads, objects_of(outcome, waits, touches), preempted, schedule,
                   PossibleOn(None, None), steps, outcome.waits)
