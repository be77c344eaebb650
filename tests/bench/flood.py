"""A program that records as fast as asked: a loop of small work with one event an iteration; started by `events.py` in a process of its own.

Usage: flood.py FD ITERATIONS WORK. FD is the pipe of a recorder whose events are drained (-1: they are thrown away where they are made).
Prints the seconds that the loop took.
"""

import sys
import time

from playground.inside import real
from playground.inside.drain import Drain
from playground.inside.recorder import Recorder
from playground.inside.things import Member
from playground.model.event import KIND_ID, ThreadState

WORDS = KIND_ID["line"] | ThreadState.RUNNING << 8


def main(fd: int, iterations: int, work: int) -> None:
    """Run the loop with the drain on or off."""
    recorder = Recorder(fd, {}) if fd >= 0 else None
    log: list[tuple[int, int, int, int]] = []
    append = log.append
    if recorder is not None:
        recorder.ids[real.get_ident()] = 0
        recorder.enter_thread(Member("main", False, real.get_native_id(), 0, 0, 0))
        recorder.hello()
        Drain(recorder).start()
        append = recorder.append
    clock = time.monotonic_ns
    began = time.perf_counter()
    if recorder is None:
        from playground.inside.log import new_log

        discard = new_log()
        append = discard.append
        for number in range(iterations):
            append((clock(), WORDS, number & 63, 0))
            for _ in range(work):
                pass
            if not number & 0x3FFF:
                discard.take()
    else:
        for number in range(iterations):
            append((clock(), WORDS, number & 63, 0))
            for _ in range(work):
                pass
    took = time.perf_counter() - began
    if recorder is not None:
        recorder.close("ok", 0)
    print(took)


main(*map(int, sys.argv[1:]))
