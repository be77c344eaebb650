"""The program's run from its text to its exit status; the zygote imports this module once, forks, and calls `main` in the child."""

from __future__ import annotations

import gc
import json
import os
import threading
from types import CodeType, ModuleType

from playground.inside import ending, guises, lenses, real, source
from playground.inside.drain import Drain
from playground.inside.kit import FreeKit
from playground.inside.lines import Lines
from playground.inside.monitor import Monitor
from playground.inside.names import Names
from playground.inside.output import take_over
from playground.inside.recorder import Recorder
from playground.inside.stuck import Stuck
from playground.inside.things import Known, Member

__builtins__ = real.builtins

_SPARE_FRAMES = 2
"""Room beneath the recursion limit for the recorder's own callbacks."""


def main(job: bytes, event_fd: int) -> int:
    """Run the job's program, report through the pipe, return the exit status that CPython would give."""
    gc.freeze()  # the zygote's objects are not the program's garbage
    spec = json.loads(job)
    name, text = str(spec["name"]), str(spec["source"])
    module = source.new_main(name)
    recorder = Recorder(event_fd, module.__dict__, tuple(spec.get("watch", ())))
    drain = Drain(recorder)
    os.register_at_fork(before=drain.pause, after_in_child=lambda: _stop_in_child(recorder))
    recorder.ids[real.get_ident()] = 0
    recorder.enter_thread(Member("main", False, real.get_native_id(), 0, 0, recorder.number(_main_thread(recorder))))
    take_over(recorder)
    source.remember(text, name)
    recorder.hello()
    monitor = Monitor(recorder)
    try:
        code = source.compiled(text, name)
    except BaseException as error:  # noqa: BLE001 - whatever the compiler raises is the program's outcome, RecursionError and MemoryError too
        return ending.finish(recorder, ending.uncompiled(recorder, error))
    kit = FreeKit(recorder, monitor, Names(recorder, source.parsed(text)))
    lenses.install(kit, record=bool(spec.get("record", True)))
    if spec.get("record", True):
        lines = Lines(recorder, monitor)
        lines.cover(code)
        if recorder.watch:
            lines.cover_files(recorder.watch)
        recorder.beats.append(lines.beat)
        recorder.beats.append(Stuck(kit).beat)
        recorder.last_words.append(lines.tell)
    drain.start()
    guises.put_on(recorder, drain, _SPARE_FRAMES)
    status = _run(recorder, module, code)
    del module  # the collector is to find it unused
    return ending.finish(recorder, status)


def _main_thread(recorder: Recorder) -> Known:
    known = recorder.things.add(threading.main_thread(), Known("Thread", "main"))
    known.thread = 0
    return known


def _run(recorder: Recorder, module: ModuleType, code: CodeType) -> int:
    try:
        exec(code, module.__dict__)
    except BaseException as error:  # noqa: BLE001 - the program's own end
        trace = real.traceback_of(error)
        real.set_traceback(error, trace.tb_next if trace is not None else None)
        return ending.uncaught(recorder, error)
    return 0


def _stop_in_child(recorder: Recorder) -> None:
    """A forked child is not recorded: it shares the pipe, whose order is its parent's."""
    recorder.pipe.alive = False
    recorder.stop("a forked child is not recorded")
