"""How a run ended, in one record: the supervisor's account decides (status, signal, limit), the program's own account explains.

What came through the event pipe is a claim. It can make a run fail (an exception in a thread does not change the exit status of CPython) and it
can name the exception, but it can never make a failed status good, nor move a limit: an exception that looks like a limit is told as one only where
the supervisor, which stands outside, saw the run near it.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, fields
from typing import Protocol

from playground.model.event import STATE_LEGEND, ThreadState
from playground.model.record import Close, End
from playground.model.spec import Limits

EXIT_CODES: dict[str, int] = {"ok": 0, "failed": 1, "deadlock": 1, "limit": 3, "stopped": 3, "refused": 4, "protocol": 0}
"""The command's exit code by outcome (protocol: 1 if the program's status is not 0)."""
LIMIT_SENTENCES: dict[str, str] = {
    "wall_s": "Stopped after {value:g} s, the time limit.",
    "cpu_s": "Stopped after {value:g} s of CPU time, the CPU limit.",
    "memory_mb": "Stopped at {value:g} MB of memory, the memory limit.",
    "threads": "Stopped at {value:,} threads, the thread limit.",
    "processes": "Stopped at {value:,} processes, the process limit.",
    "events": "Stopped after {value:,} events, the event limit.",
    "output_kb": "Stopped after {value:,} KB of output, the output limit.",
    "disk_mb": "Stopped at {value:g} MB of files, the disk limit.",
    "inodes": "Stopped at {value:,} files, the limit of files.",
}
_NO_MORE_THREADS = "can't start new thread"
_NEAR_THREADS, _SEEN_THREADS = 0.9, 1 / 8
"""So much of the limit the sampler must have seen at once, or the trace have told of while the sampler saw the smaller part: it looks rarely while
hundreds start within 0.1 s, and of 256 saw 61 to 224 on a busy machine."""
_SEEN_MEMORY = 0.5
"""The part of the limit that was used: who holds half and asks for twice as much meets the wall of the address space, at one and a half."""


class Exit(Protocol):
    """What the supervisor of a cell says once it is over."""

    @property
    def reason(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def signal(self) -> int: ...
    @property
    def cpu_s(self) -> float: ...
    @property
    def max_memory_mb(self) -> float: ...
    @property
    def limit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """The session ended the run itself: why. `limit` names the Limits field, if it was one."""

    outcome: str
    sentence: str
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What the trace came to. `lost` says why it broke off ("" if it did not); `crashes` counts threads that an exception left; `threads` were
    told of, `most_threads` the sampler saw at once; `at_ns` is 0 where no time is known."""

    close: Close | None
    lost: str
    crashes: int
    first_crash: str
    events: int
    gaps: int
    not_recorded: int
    threads: int
    most_threads: int
    at_ns: int
    states: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: str
    sentence: str
    limit: str = ""


def stopped_cut(reason: str) -> Cut:
    """Somebody wanted it to end; the reason becomes a sentence."""
    return Cut("stopped", f"{reason[:1].upper()}{reason[1:].rstrip('.')}.")


def limit_cut(limit: str, limits: Limits) -> Cut:
    """The run reached that limit of its own spec."""
    return Cut("limit", _limit_sentence(limit, limits), limit)


def end_of(account: Account, cut: Cut | None, left: Exit, limits: Limits, tier: str, python: str) -> End:
    """The last record of a run that started."""
    verdict = _verdict(account, cut, left, limits)
    code = EXIT_CODES[verdict.outcome]
    if verdict.outcome == "protocol":
        code = int(left.status != 0 or account.crashes > 0)
    close = account.close
    cost_ns = close.callback_ns if close else 0
    return End(
        outcome=verdict.outcome, exit_code=code, sentence=verdict.sentence, limit=verdict.limit,
        error=close.error if close else "", message=close.message if close else "", trace=close.trace if close else "",
        signal=left.signal, status=left.status, events=account.events, gaps=account.gaps, not_recorded=account.not_recorded,
        threads=account.threads, at_ns=account.at_ns, cpu_s=left.cpu_s, max_memory_mb=left.max_memory_mb,
        perturbed=round(cost_ns / 1e9 / left.cpu_s, 4) if left.cpu_s > 0 else 0.0, tier=tier, python=python)


def refused_end(sentence: str, python: str) -> End:
    """No confinement, no code: nothing ran."""
    return End("refused", EXIT_CODES["refused"], sentence, "", "", "", "", 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, "D", python)


def _verdict(account: Account, cut: Cut | None, left: Exit, limits: Limits) -> _Verdict:
    """The first row that applies; every row is a fact of the host's, until the program's own account may speak."""
    if left.reason.startswith("refused"):
        return _Verdict("refused", f"The walls could not be put up, so the program was not run ({left.reason.removeprefix('refused: ')}).")
    limit = cut.limit if cut else left.limit
    if limit:
        return _Verdict("limit", f"{_limit_sentence(limit, limits)}{_last_seen(account.states)}", limit)
    if cut:
        return _Verdict(cut.outcome, cut.sentence)
    after = f" after {duration(account.at_ns)}" if account.at_ns else ""
    if left.signal:
        name = signal.strsignal(left.signal) or "unknown"
        return _Verdict("failed", f"The program crashed (signal {left.signal}){after}: {name.lower()}.")
    close = account.close
    if account.lost:
        verdict = f"The program ended with exit status {left.status}." if left.status else "The program went on and ended with exit status 0."
        return _Verdict("protocol", f"Trace lost: {account.lost} {verdict}")
    reached = _reached(close, account, left, limits) if close is not None else None
    if reached is not None:
        return reached
    if account.crashes:
        more = f" {account.crashes - 1} more did too." if account.crashes > 1 else ""
        ended = f"The program ended{after}." if close is not None else _left_without_a_word(left.status, after).sentence
        return _Verdict("failed", f"{account.first_crash}{more} {ended}")
    if close is None:
        return _left_without_a_word(left.status, after)
    if close.outcome == "exception":
        return _exception(close, after)
    if left.status:
        return _Verdict("failed", f"The program ended{after} with exit status {left.status}, which says that it failed.")
    return _Verdict("ok", f"Finished in {duration(account.at_ns)}.")


def _left_without_a_word(status: int, after: str) -> _Verdict:
    """No account of its own, no signal, no limit: the process was left by os._exit, or the recorder was cut off or broken."""
    last = f",{after}; its last moments were not recorded" if after else ""
    return _Verdict("failed" if status else "ok", f"The program left by os._exit({status}), closed the recorder's pipe or broke the recorder{last}.")


def _exception(close: Close, after: str) -> _Verdict:
    message = f": {close.message}" if close.message else ""
    if close.error in ("SyntaxError", "IndentationError", "TabError"):
        return _Verdict("failed", f"The program did not start. {close.error}{message}".rstrip(".") + ".")
    return _Verdict("failed", f"The program failed{after} with {close.error}{message}".rstrip(".") + ".")


def _reached(close: Close, account: Account, left: Exit, limits: Limits) -> _Verdict | None:
    """An exception that is only a limit showing itself from inside, where the supervisor's figures bear that out."""
    limit = ""
    if close.error == "RuntimeError" and _NO_MORE_THREADS in close.message and _crowded(account, limits.threads):
        limit = "threads"
    if close.error == "MemoryError" and left.max_memory_mb >= _SEEN_MEMORY * limits.memory_mb:
        limit = "memory_mb"
    raised = f"{close.error}: {_NO_MORE_THREADS}" if limit == "threads" else close.error
    return _Verdict("limit", f"{_limit_sentence(limit, limits)} Python then raised {raised}.", limit) if limit else None


def _crowded(account: Account, most: int) -> bool:
    seen = account.most_threads
    return seen >= _NEAR_THREADS * most or (seen >= _SEEN_THREADS * most and account.threads >= _NEAR_THREADS * most)


def _limit_sentence(limit: str, limits: Limits) -> str:
    known = {each.name for each in fields(Limits)}
    if limit not in known or limit not in LIMIT_SENTENCES:
        return f"Stopped at a limit: {limit}."
    return LIMIT_SENTENCES[limit].format(value=getattr(limits, limit))


def _last_seen(states: dict[int, int]) -> str:
    """` At the end 4 threads were blocked and 1 was running.`"""
    counts = [(sum(1 for each in states.values() if each == state), word) for state, word, _ in STATE_LEGEND if state < ThreadState.DONE]
    said = [f"{count} {'threads were' if count > 1 else 'thread was'} {word}" for count, word in counts if count]
    return f" At the end {', '.join(said)}." if said else ""


def duration(at_ns: int) -> str:
    """A time as people say it: `850 us`, `188.4 ms`, `2.31 s`."""
    if at_ns < 1_000_000:
        return f"{at_ns / 1e3:.0f} us"
    return f"{at_ns / 1e6:.1f} ms" if at_ns < 1_000_000_000 else f"{at_ns / 1e9:.2f} s"
