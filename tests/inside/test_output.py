"""What threads print is attributed to them, whole and in order."""

from __future__ import annotations

import dis
import sys
from types import FrameType

import pytest

from playground.inside.recorder import Recorder
from tests.inside.running import record_program


def test_each_thread_prints_in_its_own_name() -> None:
    trace = record_program("""
import sys, threading
def speak(): print("from", threading.current_thread().name, file=sys.stderr)
t = threading.Thread(target=speak, name="Ada")
t.start(); t.join()
print("from main")
""")
    assert [(output.thread, output.stream, output.text) for output in trace.outputs] == [(1, 2, "from Ada\n"), (0, 1, "from main\n")]


def test_partial_lines_bytes_and_long_unicode_arrive_whole() -> None:
    trace = record_program("""
import sys
print("a", end=""); print("b", end="", flush=True)
sys.stdout.buffer.write(b"raw\\n")
print("\\N{SNOWMAN}" * 10_000)
print(sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.fileno())
""")
    assert trace.printed() == "abraw\n" + "\N{SNOWMAN}" * 10_000 + "\nutf-8 False 1\n"


def test_two_megabytes_arrive_although_the_pipe_is_small() -> None:
    trace = record_program("for i in range(20_000): print('x' * 100)")
    assert len(trace.printed()) == 20_000 * 101


def test_nothing_printed_is_lost_wherever_the_gil_is_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython gives it away after a call: a flush of the hidden thread comes in at each of them."""
    recorder, sent = Recorder(0, {}), list[bytes]()
    monkeypatch.setattr(recorder, "_pass_on", lambda _at, *, line: line)
    monkeypatch.setattr(recorder, "pipe", type("Sent", (), {"add": staticmethod(lambda _kind, payload: sent.append(payload))}))
    before, said = "", Recorder.say.__code__

    def stopped(frame: FrameType, event: str, _value: object) -> object:
        nonlocal before
        if frame.f_code is not said:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            if before.startswith("CALL"):
                recorder._outputs()
            before = dis.opname[said.co_code[frame.f_lasti]]
        return stopped

    last = sys.gettrace()
    sys.settrace(stopped)
    try:
        recorder.say(1, b"here")
    finally:
        sys.settrace(last)
    recorder._outputs()
    assert [payload[-4:] for payload in sent] == [b"here"]


def test_output_goes_to_the_descriptors_when_the_pipe_is_closed() -> None:
    trace = record_program("import os\nos.closerange(3, 2000)\nfor _ in range(3): print('still here', flush=True)")
    assert trace.stdout.count("still here") + trace.printed().count("still here") == 3
    assert trace.status == 0
    assert trace.close is None


def test_unrecorded_run_still_attributes_its_output_and_learns_of_crashes() -> None:
    trace = record_program("""
import threading
def speak():
    print("hello")
    raise ValueError("x")
t = threading.Thread(target=speak, name="Ada")
t.start(); t.join()
""", record=False)
    assert trace.events == [] or not trace.of("line")
    assert trace.threads[trace.outputs[0].thread].name == "Ada"
    assert trace.close
    assert trace.close.error == "ValueError"


def test_what_is_printed_before_a_hard_exit_arrives() -> None:
    trace = record_program("import os\nprint('last words')\nos._exit(7)")
    assert trace.printed() == "last words\n"
    assert trace.status == 7


@pytest.mark.parametrize("printing", ["print('a', end='', flush=True)", "sys.stdout.write('a'); sys.stdout.flush()", "print('a')",
                                      "print('a'); print('b', file=sys.stderr)", "[print(i) for i in range(3)]; print('a', flush=True)",
                                      "print('a', file=sys.stderr)"])
def test_what_was_flushed_or_a_line_of_its_own_is_seen_although_the_program_dies_at_once(printing: str) -> None:
    for record in (True, False):
        trace = record_program(f"import ctypes, sys, os, signal\n{printing}\nos.kill(os.getpid(), signal.SIGKILL)", record=record)
        assert trace.status == -9
        assert "a" in trace.printed() + trace.printed(2)


def test_a_line_printed_a_while_after_others_is_seen_although_the_program_dies_at_once() -> None:
    trace = record_program("""
import os, signal, time
for number in range(200):
    print(number)
end = time.perf_counter() + 0.004
while time.perf_counter() < end: pass
print("last")
os.kill(os.getpid(), signal.SIGKILL)
""")
    assert trace.printed().endswith("199\nlast\n")
