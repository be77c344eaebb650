"""How programs end: exit statuses, crashes, daemons, and what CPython prints."""

# ruff: noqa: E501 (each program is one string)
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from playground.model.event import ThreadState
from tests.inside.running import record_program
from tests.inside.steering import steer

PROGRAMS = {
    "ok": "print('fine')",
    "exit_3": "import sys; sys.exit(3)",
    "exit_text": "import sys; sys.exit('over')",
    "exit_none": "raise SystemExit",
    "exit_big": "import sys; sys.exit(256 + 7)",
    "crash": "def f():\n    return 1 / 0\nf()",
    "crash_in_thread": "import threading\nt = threading.Thread(target=lambda: [][1])\nt.start()\nt.join()",
    "exit_in_thread": "import threading, sys\nt = threading.Thread(target=lambda: sys.exit(5))\nt.start()\nt.join()",
    "exit_own_code": "class Leave(SystemExit):\n    @property\n    def code(self): raise SystemExit(9)\nraise Leave(3)",
    "exit_own_number": "import sys\nclass Number(int):\n    def __index__(self): raise SystemExit(9)\n    __le__ = __lt__ = __and__ = __int__ = __index__\nsys.exit(Number(3))",
    "hook_exits": "import sys, atexit\natexit.register(print, 'bye')\nsys.excepthook = lambda *_: sys.exit(4)\n1 / 0",
    "hook_fails": "import sys\nsys.excepthook = lambda *_: [][1]\n1 / 0",
    "deeper_than_the_parser": "x=" + "-" * 60_000 + "1",
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


def test_a_text_that_will_not_be_printed_ends_with_status_1() -> None:
    trace = record_program("import sys\nclass Text:\n    def __str__(self): raise SystemExit(9)\nsys.exit(Text())")
    assert trace.status == 1
    assert trace.close


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


BUILT_IN_ERRORS = {
    "name": "lock = 1\nlok",
    "name_local": "def f():\n    counter = 1\n    return countr\nf()",
    "name_self": "class A:\n    total = 0\n    def f(self): return total\nA().f()",
    "name_module": "thread_count = 1\nqueue.Queue()",
    "unbound": "def f():\n    x += 1\nf()",
    "attribute": "import threading\nthreading.Lock().aquire()",
    "attribute_own": "class A:\n    def __init__(self): self.balance = 1\nA().balanse",
    "attribute_module": "import threading\nthreading.Thred",
    "attribute_class": "class A:\n    total = 0\nA.totl",
    "attribute_none": "None.put",
    "import_from": "from threading import Lok",
    "import_module": "import threadingg",
    "key": "{}['a']",
    "key_tuple": "{}[1, (2, 'b')]",
    "os": "open('/nowhere')",
    "os_rename": "import os\nos.rename('/nowhere', '/there')",
    "os_plain": "raise OSError('plain')",
    "index": "[][1]",
    "type": "1 + 'a'",
    "value": "int('x')",
    "assertion": "assert 1 == 2, 'not one'",
    "assertion_empty": "assert 1 == 2",
    "runtime": "import threading\nthreading.Lock().release()",
    "several": "raise ValueError('a', 2, [3, None])",
    "stop": "next(iter([]))",
    "unicode": "b'\\xff'.decode()",
    "encode": "'\\N{SNOWMAN}'.encode('ascii')",
    "translate": "raise UnicodeTranslateError('abc', 1, 2, 'why')",
    "eval": "eval('1 +')",
    "group": "raise ExceptionGroup('many', [ValueError(1), KeyError(2)])",
    "own": "class Late(Exception): pass\nraise Late('by an hour')",
    "own_key": "class Gone(KeyError): pass\nraise Gone('it')",
    "empty_queue": "import queue\nqueue.Queue().get_nowait()",
}


@pytest.mark.parametrize("name", BUILT_IN_ERRORS)
def test_crash_is_told_in_the_words_of_plain_cpython(name: str, tmp_path: Path) -> None:
    body = "".join(f"    {line}\n" for line in BUILT_IN_ERRORS[name].splitlines())
    for source in (BUILT_IN_ERRORS[name], f"import threading\ndef work():\n{body}t = threading.Thread(target=work)\nt.start()\nt.join()\n"):
        (tmp_path / "program.py").write_text(source)
        plain = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                               env={**os.environ, "PYTHON_COLORS": "0"})
        last = [line.removeprefix("  | ") for line in plain.stderr.splitlines() if re.match(r"(  \| )?[\w.<>]+(: |$)", line)][-1]
        kind, _, text = last.partition(": ")
        trace = record_program(source)
        assert trace.close
        note = trace.of("thread.crashed")[0].note
        assert note == re.sub(r"^([\w<>]+\.)+", "", last) or (name == "eval" and note.startswith(last))
        assert trace.close.error == kind.rpartition(".")[2]
        assert trace.close.message.startswith(text)
        assert bool(trace.close.message) == bool(text)
        assert note in trace.close.trace


HOSTILE_ERRORS = {
    "leaves": "class Meta(type):\n    def __repr__(own): raise SystemExit(5)\n    def __getattribute__(own, name): raise SystemExit(6)\n"
              "class Own(Exception, metaclass=Meta):\n    def __str__(self): raise SystemExit(8)\n    __repr__ = __str__\n"
              "    @property\n    def __traceback__(self): raise SystemExit(8)\nraise Own()",
    "filename": "e = OSError(2, 'no', 'file')\ne.filename = Evil()\nraise e",
    "reason": "e = UnicodeTranslateError('abc', 1, 2, 'why')\ne.reason = Evil()\nraise e",
    "args": "class Own(ValueError):\n    @property\n    def args(self): print('called')\nraise Own('x')",
    "args_of_evil": "raise ValueError(Evil())",
    "text": "class Text(str):\n    def __str__(self): print('called')\n    __repr__ = __str__\nraise ExceptionGroup(Text('x'), [ValueError()])",
    "meta": "class Meta(type):\n    def __getattribute__(self, name):\n        print('called')\n        return type.__getattribute__(self, name)\n"
            "class Own(Exception, metaclass=Meta): pass\nraise Own('x')",
    "compares": "class Meta(type):\n    def __eq__(self, other): print('called')\n    __hash__ = type.__hash__\nclass Own(metaclass=Meta): pass\nraise ValueError([Own()], Own())",
    "suggested": "class Own:\n    balance = 1\n    def __dir__(self): print('called'); return []\n    def __getattr__(self, name):\n        raise AttributeError('no', name='balanse', obj=self)\n"
                 "Own().balanse",
    "self": "class Own:\n    def __getattr__(self, name): print('called')\n    def f(self): return totl\nOwn().f()",
}


@pytest.mark.parametrize("name", HOSTILE_ERRORS)
def test_no_code_of_the_program_runs_to_tell_its_crash(name: str) -> None:
    evil = "import sys\nclass Evil:\n    def __str__(self): print('called')\n    __repr__ = __str__\n"
    source = evil + "sys.excepthook = lambda *_: None\n" + HOSTILE_ERRORS[name]
    trace = record_program(source)
    assert trace.of("thread.crashed")
    assert (trace.printed(), trace.status) == ("", 1)
    assert trace.close


def test_under_control_main_ends_only_where_it_did() -> None:
    trace = steer("""
import threading
lock = threading.Lock()
def bad():
    lock.acquire()
    int("x")
helper = threading.Thread(target=bad)
helper.start()
helper.join()
with lock: pass
""")
    assert trace.kinds(0)[-1] == "lock.blocked"
    assert not trace.of("thread.ended", 0)
    (left,) = steer("import sys\nfirst = 1\nsys.exit(2)\n").of("thread.ended")
    assert left.line == 3
