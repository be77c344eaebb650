"""Check, then act, on one value: what a thread tested was no longer true when it acted on it, or was not what it had written itself.

Both are told of what happened in the run, not of what might happen (the patterns R-W-R and W-W-R of Lu et al., AVIO, 2006): the program's text says
which lines test and what they decide (`deciding.py`), the trace that another thread's write, which nothing kept out, came in between.
"""

from __future__ import annotations

from collections.abc import Sequence

from playground.diagnosis.accesses import Access
from playground.diagnosis.deciding import Deciding

type Check = tuple[Access, Access, Access]
_MOST_LOOKS = 50
"""So many reads of a thread since its last write are kept: the newest."""


def outdated_test(accesses: Sequence[Access], deciding: Deciding) -> tuple[Check, Access | None] | None:
    """The test, the other's write and the act, with the test by which the other wrote; best one where both had tested before either wrote."""
    looks: dict[int, list[Access]] = {}
    newest: dict[int, Access] = {}
    tested: dict[int, Access] = {}
    """By step of a write: the test that decided it."""
    found: tuple[Check, Access | None] | None = None
    for act in accesses:
        mine = looks.setdefault(act.thread, [])
        if not act.write:
            mine.append(act)
            del mine[:-_MOST_LOOKS]
            continue
        test = next((look for look in reversed(mine) if deciding.decides(look.line, act.line)), None)
        others = [write for thread, write in newest.items() if thread != act.thread]
        other = max(others, key=lambda write: write.step, default=None)
        if test is not None and other is not None and _came_between(test, other, act):
            also = tested.get(other.step)
            if also is not None and also.step < other.step:
                return (test, other, act), also
            found = found or ((test, other, act), None)
        if test is not None:
            tested[act.step] = test
        mine.clear()
        newest[act.thread] = act
    return found


def overwritten(accesses: Sequence[Access], deciding: Deciding) -> Check | None:
    """A write, another's write after it, and a test that found the other's: the first such test."""
    newest: dict[int, Access] = {}
    last: Access | None = None
    for access in accesses:
        if access.write:
            newest[access.thread] = last = access
            continue
        mine = newest.get(access.thread)
        if (mine is not None and last is not None and last.thread != access.thread and last.apart_from(access) and deciding.tests(access.line)
                and (last.after is None or last.after != mine.after)):
            return mine, last, access
    return None


def _came_between(test: Access, other: Access, act: Access) -> bool:
    apart = test.apart_from(other) or other.apart_from(act)
    return test.step < other.step and apart and (other.after is None or other.after != test.before)
