"""Rows R of the attack list: whatever a run wastes is its own, and bounded."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.sandbox import Policy, Zygote
from playground.sandbox.syscall_numbers import numbers
from tests.sandbox.cells import Outcome, finish, open_cell, plain, read_until

pytestmark = pytest.mark.attack
Run = Callable[..., Outcome]
ROOT = Path(__file__).parents[2]


def test_r1_memory_of_one_process_ends_with_limit(run: Run, run_c: Run) -> None:
    source = "x = [bytearray(8 << 20) for _ in range(60)]\nprint('had it all')"
    assert run(source, memory_mb=128).exit.limit == "memory_mb"
    assert run_c(source, memory_mb=128).exit.limit == "memory_mb"
    assert run(source, memory_mb=1_000).out == "had it all\n", "control: the limit is the wall"


def test_r1_one_huge_object_is_a_memory_error(run: Run) -> None:
    source = "try:\n    bytearray(8 << 30)\nexcept MemoryError:\n    print('MemoryError')"
    assert run(source).out == "MemoryError\n"


CHILDREN = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = bytearray(48 << 20)
        time.sleep(60)
time.sleep(0.7)
os.write(1, b"all live")
"""


def test_r2_memory_over_children_is_counted_together(run: Run) -> None:
    outcome = run(CHILDREN, memory_mb=200, processes=16)
    assert outcome.exit.limit == "memory_mb"
    assert outcome.exit.max_memory_mb < 400
    control = run(CHILDREN, memory_mb=200, processes=16, without=("watchdog",))
    assert control.out == "all live", "every child alone is within its address space"


LEFT = """
import ctypes, os, threading, time
def hold():
    time.sleep(0.2)
    blocks = [bytearray(5 << 20) for _ in range({blocks})]
    os.write(1, b"all live")
    time.sleep(0.7)
    os._exit(0)
for _ in range({children}):
    if os.fork() == 0:
        break
else:
    {parent}
threading.Thread(target=hold).start()
time.sleep(0.05)
ctypes.CDLL(None).syscall({exit}, 0)
"""


def test_r1_memory_is_counted_when_the_first_thread_has_left(run: Run) -> None:
    source = LEFT.format(children=0, blocks=80, parent="pass", exit=numbers()["exit"])
    assert run(source, memory_mb=100, threads=1_000).exit.limit == "memory_mb"
    assert run(source, memory_mb=1_000, threads=1_000).out == "all live"
    assert run(source, memory_mb=100, threads=1_000, without=("watchdog",)).out == "all live", "control: the watchdog is the wall"


def test_r2_memory_of_children_whose_first_thread_has_left_is_counted(run: Run) -> None:
    source = LEFT.format(children=4, blocks=16, parent="[os.wait() for _ in range(4)]; os._exit(0)", exit=numbers()["exit"])
    outcome = run(source, memory_mb=200, processes=8)
    assert outcome.exit.limit == "memory_mb"
    assert run(source, memory_mb=200, processes=8, without=("watchdog",)).out == "all live" * 4


def test_r2_pages_shared_by_forks_are_counted_once(run: Run) -> None:
    source = """
import os, time
block = b"x" * (60 << 20)
for _ in range(8):
    if os.fork() == 0:
        time.sleep(0.6)
        os._exit(0)
time.sleep(0.6)
print("fits")
"""
    assert run(source, memory_mb=200, processes=16).out == "fits\n"


def test_r2_files_in_memory_are_counted(run: Run) -> None:
    source = """
import time
with open("/dev/shm/file", "wb") as file:
    for _ in range(40):
        file.write(bytes(1 << 20))
x = bytearray(40 << 20)
end = time.monotonic() + 0.5
while time.monotonic() < end: pass
print("kept")
"""
    assert run(source, memory_mb=70, disk_mb=64).exit.limit == "memory_mb"
    assert run(source, memory_mb=70, disk_mb=64, without=("watchdog",)).out == "kept\n"


def test_r2_memory_that_nobody_counts_cannot_be_had(run: Run) -> None:
    source = """
import mmap, os
for what in (lambda: os.memfd_create("x"), lambda: mmap.mmap(-1, 1 << 20)):
    try:
        what()
        print("went through")
    except OSError as error:
        print("stopped", error.errno)
"""
    assert run(source, processes=4).out == "stopped 1\n" * 2
    assert plain(source).stdout == "went through\n" * 2


HOARD = """
import asyncio, ctypes, os, select, socket
libc = ctypes.CDLL(None, use_errno=True)
stack = ctypes.create_string_buffer(65536)
top = ctypes.addressof(stack) + 65536 - 16
pipes = [os.pipe()[0] for _ in range(20)]
poller = select.poll()
for pipe in pipes:
    poller.register(pipe, 0)

def asked(what):
    try:
        return print(what(), "went through")
    except OSError as error:
        print("stopped", error.errno)

def called(number):
    if number < 0:
        raise OSError(ctypes.get_errno(), "")

asked(lambda: poller.poll(0))
asked(lambda: select.select(pipes, [], [], 0))
asked(lambda: called(libc.syscall({close_range}, 5000, 6000, 2)))
asked(lambda: called(libc.clone(ctypes.cast(libc.pause, ctypes.c_void_p), ctypes.c_void_p(top), {flags}, None)))
asked(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) and None)
asked(lambda: socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20))
asyncio.run(asyncio.sleep(0))
print("and asyncio works", flush=True)
os._exit(0)
"""


def test_r9_no_call_holds_more_files_than_are_counted(run: Run) -> None:
    """What lies in a socket is charged to nobody, and a closed file lives on in whoever waits for it: 57 MB for each thread."""
    source = HOARD.format(close_range=numbers()["close_range"], flags=0x100 | 0x200 | 0x800 | 0x10000)
    stopped = "stopped 1\n" * 6 + "and asyncio works\n"
    assert run(source).out == stopped
    assert run(source, processes=2, threads=2).out.count("stopped") == 4, "few threads may wait for more"
    assert run(source, without=("seccomp",)).out.count("went through") == 6


def test_r9_files_of_all_processes_together_are_bounded(run: Run) -> None:
    source = "import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE)[1])"
    assert [int(run(source, processes=count).out) * count for count in (1, 2, 8, 16)] == [256, 512, 1_024, 1_024]


THREADS = """
import threading
event = threading.Event()
started = 0
try:
    for _ in range({count}):
        threading.Thread(target=event.wait, daemon=True).start()
        started += 1
except RuntimeError:
    pass
import os
os.write(1, b"started %d\\n" % started)
{then}
"""


def test_r3_thread_bomb_leaves_the_other_run_its_threads(zygote: Zygote) -> None:
    bomb = open_cell(zygote, THREADS.format(count=100_000, then="event.wait()"), Policy(threads=50))
    assert b"started 49\n" in read_until(bomb, b"\n")
    other = finish(open_cell(zygote, THREADS.format(count=30, then=""), Policy(threads=50)))
    bomb.kill("enough")
    bomb.close()
    assert other.out == "started 30\n"


SHARED_USER = """
import os, resource, subprocess, sys, threading
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(64998, 64998, 64998)
    os.setresuid(64998, 64998, 64998)
resource.setrlimit(resource.RLIMIT_NPROC, (51, 51))
read, write = os.pipe()
if os.fork() == 0:
    event = threading.Event()
    try:
        while True:
            threading.Thread(target=event.wait, daemon=True).start()
    except RuntimeError:
        os.write(write, b"x")
    event.wait()
os.read(read, 1)
event = threading.Event()
started = 0
try:
    for _ in range(30):
        threading.Thread(target=event.wait, daemon=True).start()
        started += 1
except RuntimeError:
    pass
print(started, flush=True)
os.killpg(0, 9)
"""


def test_r3_control_one_user_for_two_runs_starves_the_second() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs a user of its own to count")
    done = subprocess.run([sys.executable, "-I", "-c", SHARED_USER], capture_output=True, text=True, timeout=30, start_new_session=True, check=False)
    assert int(done.stdout) < 30


def test_r4_lesson_with_200_threads_works(run: Run, run_c: Run) -> None:
    source = """
import threading
barrier = threading.Barrier(201)
threads = [threading.Thread(target=barrier.wait) for _ in range(200)]
for thread in threads: thread.start()
barrier.wait()
for thread in threads: thread.join()
print("all 200 met")
"""
    assert run(source).out == "all 200 met\n"
    assert run_c(source).out == "all 200 met\n"


def test_r4_program_that_reached_the_cap_and_went_on_did_not_end_for_it(run: Run) -> None:
    source = """
import sys, threading, time
threads = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(49)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit(1)
"""
    outcome = run(source, threads=50)
    assert (outcome.exit.reason, outcome.exit.status, outcome.exit.limit) == ("ended", 1, "")


def test_r4_thousand_threads_work_where_the_limit_allows_it(run: Run) -> None:
    assert run(THREADS.format(count=990, then=""), threads=1_000).out == "started 990\n"


def test_r5_endless_loop_ends_with_cpu_or_wall_limit(run: Run, run_c: Run) -> None:
    assert run("while True: pass", wall_s=0.4).exit.limit == "wall_s"
    assert run_c("while True: pass", wall_s=0.4).exit.limit == "wall_s"
    outcome = run("while True: pass", cpu_s=0.4, wall_s=20)
    assert outcome.exit.limit == "cpu_s"
    assert outcome.exit.cpu_s < 1.5


def test_r6_spin_in_c_that_keeps_the_gil_ends(zygote: Zygote, run: Run) -> None:
    source = "import os\nos.write(1, b'spinning')\nsum(range(10**15))"
    began = time.monotonic()
    assert run(source, wall_s=0.5).exit.limit == "wall_s"
    assert time.monotonic() - began < 5
    cell = open_cell(zygote, source, Policy(wall_s=0.5, without=("wall_deadline",)))
    read_until(cell, b"spinning")
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        cell.chunks(0.2)
    assert not cell.over, "control: without the deadline it spins on"
    cell.kill("enough")
    assert finish(cell).exit.reason == "enough"


def test_r7_deadlock_ends_with_wall_limit(run: Run) -> None:
    outcome = run("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", wall_s=0.4)
    assert (outcome.exit.limit, outcome.exit.cpu_s < 0.3) == ("wall_s", True)


def test_r8_exit_that_hangs_ends_with_wall_limit(run: Run) -> None:
    source = "import atexit, time, threading\natexit.register(time.sleep, 60)\nthreading.Thread(target=time.sleep, args=(60,)).start()"
    assert run(source, wall_s=0.5).exit.limit == "wall_s"


def test_r9_open_files_are_bounded(run: Run) -> None:
    source = """
import os
files = []
try:
    while True:
        files.append(os.open(".", os.O_RDONLY))
except OSError as error:
    print("stopped", error.errno, len(files))
"""
    assert run(source).out == "stopped 24 252\n"


FLOOD = "import os\nline = b'x' * 65536\nwhile True: os.write({fd}, line)"


@pytest.mark.parametrize("fd", [1, 3])
def test_r10_r11_flood_waits_for_the_host_and_ends_with_wall_limit(zygote: Zygote, fd: int) -> None:
    cell = open_cell(zygote, FLOOD.format(fd=fd), Policy(wall_s=0.6))
    deadline = time.monotonic() + 10
    while not cell._gone(0.05):  # nobody reads: the run stands still, its supervisor does not
        assert time.monotonic() < deadline
    outcome = finish(cell)
    assert outcome.exit.limit == "wall_s"
    assert len(outcome.channels["stdout" if fd == 1 else "events"]) <= 65_536
    assert outcome.exit.cpu_s < 0.4


def test_r10_control_flood_without_walls_fills_what_it_is_given(tmp_path: Path) -> None:
    finite = FLOOD.format(fd=1).replace("while True", "for _ in range(800)")
    with open(tmp_path / "out", "wb") as out:
        subprocess.run([sys.executable, "-I", "-c", finite], stdout=out, timeout=30, check=False)
    assert (tmp_path / "out").stat().st_size == 800 * 65_536


def test_r10_flood_comes_in_bounded_chunks(zygote: Zygote) -> None:
    cell = open_cell(zygote, FLOOD.format(fd=1), Policy(wall_s=0.5))
    largest = 0
    while not cell.over:
        largest = max([largest, *(len(data) for _, data in cell.chunks(1.0))])
    assert 0 < largest <= 65_536
    assert cell.exit().limit == "wall_s"
    cell.close()


def test_r13_channel_cannot_be_enlarged(run: Run) -> None:
    source = "import fcntl\ntry:\n    fcntl.fcntl(3, 1031, 1 << 20)\nexcept OSError as error:\n    print('stopped', error.errno)"
    assert run(source).out == "stopped 1\n"


def test_r15_limits_cannot_be_raised(run: Run) -> None:
    source = """
import resource
for name in ("AS", "CPU", "NOFILE", "NPROC", "FSIZE", "CORE"):
    which = getattr(resource, "RLIMIT_" + name)
    try:
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(name, "raised")
    except (OSError, ValueError):
        pass
print("done")
"""
    assert run(source).out == "done\n"


def test_r18_memory_cannot_be_pinned(run: Run) -> None:
    source = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.mlockall(3), ctypes.get_errno())"
    assert run(source).out == "-1 1\n"


def test_200_sleeping_runs_start_without_one_failure(zygote: Zygote) -> None:
    cells = [open_cell(zygote, "import os, time; os.write(1, b'up'); time.sleep(60)") for _ in range(200)]
    for cell in cells:
        read_until(cell, b"up")
    for cell in cells:
        cell.kill("enough")
        cell.close()
