"""What threads print is attributed to them, whole and in order."""

from __future__ import annotations

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
