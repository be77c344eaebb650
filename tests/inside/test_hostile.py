"""Programs that fight the recorder lose their own trace at most: they run as in CPython and end as in CPython."""

# ruff: noqa: E501 (each program is one string)
from __future__ import annotations

import pytest

from tests.inside.running import record_program

HOSTILE = {
    "patches_time": "import time\ntime.monotonic_ns = time.time = time.sleep = None",
    "patches_threading": "import threading\nfor name in list(vars(threading)):\n    if not name.startswith('__'): delattr(threading, name)",
    "patches_sys": "import sys\nfor name in ('_getframe', '_current_frames', 'monitoring', 'exc_info'): setattr(sys, name, None)",
    "patches_os": "import os\nos.write = os.fstat = None",
    "patches_print": "import builtins\nreal = print\nbuiltins.print = lambda *a: real('patched', *a)\nprint(1)",
    "frees_the_tool": "import sys\nfor n in range(6):\n    if sys.monitoring.get_tool(n): sys.monitoring.free_tool_id(n)",
    "takes_all_tools": "import sys\nfor n in range(6):\n    if not sys.monitoring.get_tool(n): sys.monitoring.use_tool_id(n, 'mine')",
    "own_trace": "import sys\nseen = []\ndef tr(f, e, a):\n    seen.append(f.f_code.co_filename)\n    return tr\nsys.settrace(tr)\nassert sys.gettrace() is tr\n"
                 "import threading\nlock = threading.Lock()\nfor _ in range(5):\n    with lock: pass\nsys.settrace(None)\nassert not any('inside' in s for s in seen), seen",
    "closes_streams": "import sys\nsys.stdout.close()",
    "deletes_streams": "import sys\nsys.stdout = sys.stderr = None",
    "evil_hash": "import threading\nclass L(threading.Semaphore):\n    def __hash__(self): raise SystemExit\n    def __eq__(self, o): raise SystemExit\n"
                 "    __repr__ = __hash__\ns = L()\nwith s: pass",
    "evil_name": "import threading\nclass N(str):\n    def __str__(self): return self\nt = threading.Thread(target=int, name=N('x'))\nt.start(); t.join()",
    "deep": "import sys\nsys.setrecursionlimit(10**6)\ndef f(n):\n    return n and f(n - 1)\nf(100_000)",
    "signals": "import signal, time\nhits = []\nsignal.signal(signal.SIGALRM, lambda *a: hits.append(1))\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
               "end = time.monotonic() + 0.3\nwhile time.monotonic() < end: [x for x in range(50)]\nsignal.setitimer(signal.ITIMER_REAL, 0)\nassert hits",
    "raising_signals": "import signal, time\nclass Stop(Exception): pass\ndef hit(*a): raise Stop\nsignal.signal(signal.SIGALRM, hit)\nn = 0\n"
                       "for _ in range(50):\n    try:\n        signal.setitimer(signal.ITIMER_REAL, 0.002)\n        while True: x = 1\n    except Stop: n += 1\nassert n == 50",
    "garbage": "import gc, threading\nclass A:\n    def __del__(self): print(end=''); threading.Lock().acquire()\ngc.set_threshold(1)\n"
               "for _ in range(2000):\n    a = A(); a.me = a",
    "many_threads": "import threading\nfor _ in range(2000):\n    t = threading.Thread(target=int); t.start(); t.join()",
    "many_locks": "import threading\nlocks = [threading.Lock() for _ in range(20_000)]\nfor l in locks:\n    with l: pass",
    "slow_switch": "import sys, threading\nsys.setswitchinterval(5)\nt = threading.Thread(target=lambda: sum(range(10**6))); t.start(); t.join()",
    "counts_threads": "import threading, _thread, sys\nassert threading.active_count() == 1\nassert _thread._count() == 0\nassert len(sys._current_frames()) == 1",
    "opens_three": "import os\nfd = os.open('/dev/null', os.O_RDONLY)\nassert fd == 3, fd",
    "forks": "import os, warnings\nwarnings.simplefilter('error')\nfor _ in range(5):\n    pid = os.fork()\n    if not pid: os._exit(0)\n    os.waitpid(pid, 0)",
    "multiprocessing": "import multiprocessing as mp\nif __name__ == '__main__':\n    p = mp.get_context('fork').Process(target=print, args=('child',))\n"
                       "    p.start(); p.join()\n    assert p.exitcode == 0",
}


WORLDS = {
    "json_that_says_nothing": "import json\njson.dumps = lambda *a, **k: '{}'",
    "no_json": "import json\njson.dumps = json.loads = None\njson.encoder.c_make_encoder = None",
    "nothing_has_a_length": "import builtins\nbuiltins.len = lambda x: 0",
    "no_builtins_to_print_with": "import builtins\nfor name in ('len', 'bytes', 'getattr', 'isinstance', 'super', 'range', 'min', 'max', 'type', 'str'):\n"
                                 "    setattr(builtins, name, None)",
    "no_struct_no_array": "import array, io, struct\nstruct.Struct = struct.pack = array.array = io.BufferedIOBase = None",
    "no_builtins_at_all": "import builtins\nkept = print, __import__, ValueError, __build_class__\nvars(builtins).clear()\n"
                          "print, builtins.__import__, ValueError, builtins.__build_class__ = kept",
    "no_collector": "import gc, weakref\ngc.collect = weakref.ref = None",
    "no_traceback": "import traceback, sys\ntraceback.StackSummary = traceback.walk_tb = sys.exception = None",
}


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("name", WORLDS)
def test_whatever_a_program_replaces_it_prints_and_ends_as_ever(name: str, record: bool) -> None:
    trace = record_program(f"import sys\nprint('before')\n{WORLDS[name]}\nprint('after')\nsys.stdout.write('last\\n')\nsys.exit(3)", record=record)
    assert (trace.printed() + trace.stdout, trace.status) == ("before\nafter\nlast\n", 3)
    assert "playground" not in trace.printed(2) + trace.stderr, "only the library itself may complain"
    assert trace.close
    assert (trace.close.outcome, trace.close.exit_code) == ("exit", 3)


@pytest.mark.parametrize("name", WORLDS)
def test_whatever_a_program_replaces_its_crash_is_shown(name: str) -> None:
    trace = record_program(f"{WORLDS[name]}\nraise ValueError('boo')")
    assert "ValueError: boo" in trace.printed(2) + trace.stderr
    assert trace.status == 1
    assert trace.close
    assert (trace.close.outcome, trace.close.error, trace.close.message) == ("exception", "ValueError", "boo")


def test_output_and_status_outlive_a_recorder_that_is_taken_apart() -> None:
    trace = record_program("""
import sys
recorder = sys._getframe().f_back.f_back.f_locals["recorder"]
print("before", flush=True)
recorder.pipe = recorder.threads = recorder.ids = recorder.log = None
print("after")
sys.exit(3)
""", record=False)
    assert trace.printed() + trace.stdout == "before\nafter\n"
    assert trace.status == 3


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_program_runs_as_ever(name: str) -> None:
    trace = record_program(HOSTILE[name])
    assert trace.status == 0, (trace.printed(2), trace.stderr)
    assert trace.printed(2) == "" or name == "patches_threading", "CPython itself complains of a threading module without names"
    assert trace.close
    assert trace.close.outcome == "ok"


def test_memory_that_runs_out_is_the_programs_own_error() -> None:
    trace = record_program("""
import resource
resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
kept = []
try:
    while True: kept.append(bytearray(1 << 20))
except MemoryError:
    kept.clear()
    print("memory")
""")
    assert trace.printed() == "memory\n"
    assert trace.status == 0
