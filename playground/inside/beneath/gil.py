"""Where this CPython itself can switch threads: its checks of the eval breaker, per version.

Since 3.10 the interpreter looks for a request to give up the GIL only at certain instructions: on entering a function, on backward jumps and
after most calls. Between the load and the store of `x += 1` there is none. The table is that of CPython 3.13's Python/bytecodes.c
(CHECK_EVAL_BREAKER, CHECK_PERIODIC); a stress test holds it against the interpreter that runs.
"""

from __future__ import annotations

import dis
import sys

_JUMP = "JUMP_BACKWARD"
_CALLS = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_EX"})
CHECKS: dict[tuple[int, int], frozenset[str]] = {
    (3, 13): frozenset({"RESUME", _JUMP}) | _CALLS,
    (3, 14): frozenset({"RESUME", _JUMP, "LOAD_SPECIAL"}) | _CALLS,
}
"""Instructions at which that version may switch. Calls count as checking: cold calls do, and which specialised ones do not depends on heat."""


def switches_before(instruction: dis.Instruction, last: dis.Instruction | None) -> bool:
    """True if the running version can hand the GIL over right before this instruction; an unknown version is treated like the newest known one.

    A call in C checks when it has returned, a function of Python when it is entered; so both show before the instruction that comes next.
    """
    version = sys.version_info[:2]
    checks = CHECKS.get(version, CHECKS[max(CHECKS)])
    return instruction.opname == _JUMP or (last is not None and last.opname in checks and last.opname != _JUMP)
