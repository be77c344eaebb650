"""The same program recorded and unrecorded: what the two endings together allow us to say.

Recording a line calls Python code, and a call is a place where CPython may switch threads; so a recorded run can show a lost update that the
bare program cannot have on a build with the GIL (between two plain lines there is no such place since CPython 3.10). It never hides that: a
failure seen only under recording is not called real.
"""

from __future__ import annotations

from playground.model.record import End

_SAME: dict[str, str] = {
    "ok": "Both runs ended well. That is not a proof: another run may go another way.",
    "failed": "It fails without recording too: the failure is the program's own.",
    "deadlock": "It stands still without recording too.",
    "limit": "Both runs were stopped at a limit.",
}


def compare(recorded: End, plain: End, *, gil: bool = True) -> tuple[str, ...]:
    """Sentences that both endings bear out. `recorded` and `plain` are of the same spec but for `record`; `gil` is that runtime's."""
    times = f"Recorded it took {recorded.at_ns / 1e6:,.1f} ms, unrecorded {plain.at_ns / 1e6:,.1f} ms."
    return (*_outcomes(recorded, plain, gil), times)


def _outcomes(recorded: End, plain: End, gil: bool) -> tuple[str, ...]:
    failed = recorded.outcome == "failed"
    if failed and plain.outcome == "ok":
        return _only_recorded(gil)
    if recorded.outcome == "ok" and plain.outcome == "failed":
        return (f"Only the unrecorded run failed: {plain.sentence}",
                "The failure is real; recording moved the moments at which threads switch. Run it again.")
    if recorded.outcome == "deadlock" and plain.outcome == "limit" and plain.limit in ("wall_s", ""):
        return ("The unrecorded run did not end by itself either: it was stopped at its time limit, as a deadlock would be.",)
    if recorded.outcome == "deadlock" and plain.outcome == "ok":
        return ("The unrecorded run ended well. The deadlock was real all the same: a cycle of waits does not depend on being watched, "
                "only how often it happens does.",)
    if failed and plain.outcome == "failed" and recorded.error != plain.error:
        return (f"Both runs failed, but not alike: recorded with {recorded.error or 'exit status ' + str(recorded.status)}, "
                f"unrecorded with {plain.error or 'exit status ' + str(plain.status)}.",)
    if recorded.outcome == plain.outcome and recorded.outcome in _SAME:
        return (_SAME[recorded.outcome],)
    return (f"Recorded: {recorded.sentence}", f"Unrecorded: {plain.sentence}")


def _only_recorded(gil: bool) -> tuple[str, ...]:
    if not gil:
        return ("Only the recorded run failed.",
                "On this build threads run at once, so the failure can happen unrecorded too; it is rarer or did not show this time.")
    return ("Only the recorded run failed, so it is not shown that the program can fail by itself on this build.",
            "Recording adds places where CPython may switch threads. With the GIL there is none between two plain lines since CPython 3.10, "
            "but almost any call, a loop or a wait between reading and writing is one. Without the GIL the same program can lose updates.")
