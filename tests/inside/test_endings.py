"""How programs end: exit statuses, crashes, daemons, and what CPython prints."""

# ruff: noqa: E501 (each program is one string)
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground.model.event import ThreadState
from tests.inside.running import record_program

PROGRAMS = {
    "ok": "print('fine')",
    "exit_3": "import sys; sys.exit(3)",
    "exit_text": "import sys; sys.exit('over')",
    "exit_none": "raise SystemExit",
    "exit_big": "import sys; sys.exit(256 + 7)",
    "crash": "def f():\n    return 1 / 0\nf()",
    "crash_in_thread": "import threading\nt = threading.Thread(target=lambda: [][1])\nt.start()\nt.join()",
    "exit_in_thread": "import threading, sys\nt = threading.Thread(target=lambda: sys.exit(5))\nt.start()\nt.join()",
    "atexit": "import atexit\natexit.register(print, 'bye')\nprint('hi')",
    "del_at_end": "class A:\n    def __del__(self): print('gone')\na = A()",
    "no_join": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.02), print('late'))).start()",
    "input": "try:\n    input('? ')\nexcept EOFError:\n    print('eof')",
    "released": "import threading\nthreading.Lock().release()",
    "sleep_text": "import time\ntime.sleep('long')",
    "syntax": "x = 1\nif x\n    pass\n",
    "indentation": "def f():\nreturn 1\n",
    "recursion": "def f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError as e:\n    print(e)",
    "limit": "import sys\nprint(sys.getrecursionlimit())\nsys.setrecursionlimit(2000)\nprint(sys.getrecursionlimit())",
    "depth": "n = 0\ndef f():\n    global n\n    n += 1\n    f()\ntry:\n    f()\nexcept RecursionError:\n    print(n)",
    "nesting": "x = " + "(" * 500 + ")" * 500,
    "main_guard": "import sys\nif __name__ == '__main__':\n    print(sys.argv)",
    "hook": "import sys\nsys.excepthook = lambda *a: print('mine', a[0].__name__)\n1 / 0",
    "reprs": "import threading\nprint(threading.Lock, type(threading.Lock()), isinstance(threading.Lock(), threading.Lock), threading.RLock.__name__)",
    "pickled": "import threading, copy\nfor make in (threading.Lock, threading.RLock):\n    try:\n        copy.copy(make())\n    except TypeError as e:\n        print(e)",
    "bound": "import time, _thread\nclass A:\n    nap = time.sleep\n    lock = _thread.allocate_lock\nA().nap(0.001)\nprint(type(A().lock()).__name__)",
    "mp": "import os\npid = os.fork()\nif not pid:\n    import threading\n    threading.Lock().acquire()\n    os.write(1, b'child')\n    os._exit(4)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_prints_and_ends_as_in_plain_cpython(name: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAMS[name])
    plain = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                           env={**os.environ, "PYTHON_COLORS": "0"})
    path = str(tmp_path / "program.py")
    trace = record_program(PROGRAMS[name])
    assert trace.status == plain.returncode
    assert (trace.printed() + trace.stdout).replace("child", "") == plain.stdout.replace("child", "")
    assert trace.printed(2).replace("program.py", path).replace(f"{tmp_path}/{tmp_path}", str(tmp_path)) == plain.stderr.replace(
        '"program.py"', f'"{path}"').replace('File "program.py', f'File "{path}')


def test_close_names_the_first_uncaught_exception() -> None:
    trace = record_program("""
import threading
def broken():
    raise ValueError("first")
t = threading.Thread(target=broken)
t.start(); t.join()
raise KeyError("second")
""")
    assert trace.close
    assert (trace.close.outcome, trace.close.error, trace.close.message, trace.close.exit_code) == ("exception", "ValueError", "first", 1)
    crashed = trace.of("thread.crashed")
    assert [(event.thread, event.note, event.line) for event in crashed] == [(1, "ValueError: first", 4), (0, "KeyError: 'second'", 7)]


def test_crash_in_a_thread_alone_leaves_status_0_but_is_an_exception() -> None:
    trace = record_program(PROGRAMS["crash_in_thread"])
    assert trace.close
    assert (trace.close.outcome, trace.close.error, trace.close.exit_code, trace.status) == ("exception", "IndexError", 0, 0)


def test_nonzero_exit_is_an_exit() -> None:
    trace = record_program(PROGRAMS["exit_3"])
    assert trace.close
    assert (trace.close.outcome, trace.close.error, trace.close.exit_code) == ("exit", "", 3)


def test_syntax_error_names_its_line() -> None:
    trace = record_program(PROGRAMS["syntax"])
    assert trace.close
    assert (trace.close.outcome, trace.close.error) == ("exception", "SyntaxError")
    assert trace.close.message.startswith("line 2: ")


@pytest.mark.parametrize("source", ["-" * 60_000 + "1", "[" * 30_000, "x = " + "1 + " * 15_000 + "1"])
def test_text_that_nests_too_deeply_ends_with_an_exception_or_runs(source: str) -> None:
    trace = record_program(source)
    assert trace.close
    assert trace.status in (0, 1)


def test_daemon_is_killed_at_the_end_and_a_thread_in_join_is_waited_for() -> None:
    trace = record_program("""
import threading, time
threading.Thread(target=time.sleep, args=(60,), name="daemon", daemon=True).start()
threading.Thread(target=time.sleep, args=(0.03,), name="other").start()
""")
    assert trace.last_state(trace.thread("daemon")) == ThreadState.KILLED
    assert trace.last_state(trace.thread("other")) == ThreadState.DONE
    assert trace.kinds(0)[-3:] == ["thread.joining", "thread.joined", "thread.ended"]


def test_swallowed_base_exceptions_and_hostile_messages_do_no_harm() -> None:
    trace = record_program("""
import threading
class Evil(Exception):
    def __str__(self): raise SystemExit
    __repr__ = __str__
def broken(): raise Evil()
t = threading.Thread(target=broken)
t.start(); t.join()
print("alive")
""")
    assert trace.printed() == "alive\n"
    assert trace.close
    assert trace.close.error == "Evil"
    assert trace.of("thread.crashed")[0].note == "Evil"
