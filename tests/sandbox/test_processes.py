"""Rows P of the attack list: a run cannot reach other processes, and none of its own outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.runtimes import Runtime
from playground.sandbox import Policy, Zygote
from playground.sandbox.syscall_numbers import numbers
from tests.sandbox.cells import BARE, Outcome, alive, descendants, finish, open_cell, plain, read_until, wait_until

pytestmark = pytest.mark.attack
Run = Callable[..., Outcome]
ROOT = Path(__file__).parents[2]

DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b"daemon up %d\\n" % os.getpid())
        time.sleep(60)
    os._exit(0)
while True:
    time.sleep(60)
"""
BOMB = """
import os, time
os.write(1, b"lit\\n")
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.001)
"""


@pytest.fixture
def own_zygote(runtime: Runtime) -> Iterator[Zygote]:
    """A zygote that a test may kill."""
    made = Zygote(runtime, preload=BARE)
    made.start()
    yield made
    made.close()


def test_p1_signals_reach_nobody_outside(run: Run, run_c: Run, zygote: Zygote, zygote_c: Zygote) -> None:
    source = """
import os, signal
for pid in (-1, 1, {pid}, os.getppid()):
    try:
        os.kill(pid, signal.SIGKILL)
        print("sent to", pid)
    except OSError as error:
        print("stopped", error.errno)
"""
    assert "sent" not in run_c(source.format(pid=zygote_c.pid)).out
    run(source.format(pid=zygote.pid))
    assert alive(zygote.pid)
    assert alive(zygote_c.pid)
    control = plain("import os\nos.kill(os.getppid(), 0)\nprint('reached')")
    assert control.stdout == "reached\n"


def test_p2_other_processes_cannot_be_traced_or_read(run: Run) -> None:
    source = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name, number in (("ptrace", 101), ("process_vm_readv", 310), ("pidfd_open", 434), ("pidfd_getfd", 438), ("kcmp", 312)):
    print(name, libc.syscall(number, 16, 1, 0, 0, 0, 0), ctypes.get_errno())
"""
    if os.uname().machine == "x86_64":
        assert all(line.endswith("-1 1") for line in run(source).out.splitlines())


def test_p3_daemon_is_dead_within_a_second_of_the_end(zygote: Zygote) -> None:
    cell = open_cell(zygote, DAEMON, Policy(processes=8))
    read_until(cell, b"daemon up")
    pids = descendants(zygote.pid)
    assert len(pids) >= 3
    cell.kill("stopped")
    assert wait_until(lambda: not any(map(alive, pids)), 1.0)
    assert finish(cell).exit.reason == "stopped"


def test_p3_daemon_dies_when_the_program_ends_by_itself(zygote: Zygote) -> None:
    cell = open_cell(zygote, DAEMON.replace("while True:\n    time.sleep(60)", "time.sleep(0.3)"), Policy(processes=8))
    read_until(cell, b"daemon up")
    pids = descendants(zygote.pid)
    assert finish(cell).exit.reason == "ended"
    assert wait_until(lambda: not any(map(alive, pids)), 1.0)


def test_p3_control_daemon_survives_without_a_pid_namespace(own_zygote: Zygote) -> None:
    cell = open_cell(own_zygote, DAEMON, Policy(processes=8, without=("pid_namespace",)))
    daemon = int(read_until(cell, b"\n").split()[-1])
    cell.kill("stopped")
    cell.close()
    survived = alive(daemon)
    os.kill(daemon, signal.SIGKILL)
    assert survived


def test_p4_fork_bomb_leaves_no_survivor(zygote: Zygote) -> None:
    cell = open_cell(zygote, BOMB, Policy(processes=64, threads=16, wall_s=60, memory_mb=1_000, without=("watchdog",)))
    read_until(cell, b"lit")
    assert wait_until(lambda: len(descendants(zygote.pid)) > 60, 30.0)
    pids = descendants(zygote.pid)
    cell.kill("stopped")
    assert not any(map(alive, pids)), "kill returns when the last is dead"
    assert not descendants(zygote.pid)
    cell.close()


def test_p4_more_processes_than_allowed_end_with_limit(zygote: Zygote) -> None:
    cell = open_cell(zygote, BOMB, Policy(processes=2, wall_s=20))
    outcome = finish(cell)
    assert (outcome.exit.reason, outcome.exit.limit) == ("limit", "processes")
    assert not descendants(zygote.pid)


FAMILY = """
import os, time
for _ in range({count}):
    if os.fork() == 0:
        {then}
        os._exit(0)
time.sleep(0.4)
os.write(1, b"all there")
"""


def test_p4_processes_are_counted_living(run: Run) -> None:
    idle = "time.sleep(5)"
    assert run(FAMILY.format(count=3, then=idle), processes=4).out == "all there"
    assert run(FAMILY.format(count=4, then=idle), processes=4).exit.limit == "processes"
    assert run(FAMILY.format(count=4, then=idle), processes=4, without=("watchdog",)).out == "all there", "control: the supervisor is the wall"
    one_by_one = "import os\nfor _ in range(40):\n    if not (pid := os.fork()): os._exit(0)\n    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)"
    assert run(f"{one_by_one}\nos.write(1, b'all there')", processes=4, threads=60).out == "all there", "the dead that nobody asks for are none"


def test_p4_process_without_its_first_thread_is_one(run: Run) -> None:
    leave = "import ctypes, threading; threading.Thread(target=time.sleep, args=(5,)).start(); ctypes.CDLL(None).syscall({exit}, 0)"
    then = leave.format(exit=numbers()["exit"])
    assert run(FAMILY.format(count=2, then=then), processes=2).exit.limit == "processes"
    assert run(FAMILY.format(count=2, then=then), processes=3).out == "all there"


def test_p4_control_children_survive_without_a_pid_namespace(own_zygote: Zygote) -> None:
    """Not a bomb, which nobody could end any more: ten children that end by themselves."""
    source = """
import os, time
for _ in range(10):
    if os.fork() == 0:
        os.write(1, b"%d\\n" % os.getpid())
        time.sleep(20)
        os._exit(0)
os.write(1, b"all\\n")
time.sleep(20)
"""
    cell = open_cell(own_zygote, source, Policy(processes=16, without=("pid_namespace",)))
    seen = read_until(cell, b"all")
    while seen.count(b"\n") < 11:
        seen += b"".join(data for name, data in cell.chunks(1.0) if name == "stdout")
    pids = [int(line) for line in seen.split() if line.isdigit()]
    cell.kill("stopped")
    cell.close()
    survivors = [pid for pid in pids if alive(pid)]
    for pid in survivors:
        os.kill(pid, signal.SIGKILL)
    assert len(survivors) == 10


SERVER = """
import sys
sys.path.insert(0, {root!r})
from playground.runtimes import find_runtimes
from playground.sandbox import Policy, Zygote
from tests.sandbox.cells import descendants, open_cell, read_until
zygote = Zygote(find_runtimes()[0], preload="tests.sandbox.bare_inside")
zygote.start()
cells = [open_cell(zygote, "import os, time; os.write(1, b'up'); time.sleep(60)", Policy(processes=4)) for _ in range(5)]
for cell in cells:
    read_until(cell, b"up")
print(zygote.pid, *descendants(zygote.pid), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("victim", ["server", "zygote"])
def test_p5_all_runs_die_with_the_server_or_the_zygote(victim: str) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER.format(root=str(ROOT))], stdout=subprocess.PIPE, stdin=subprocess.PIPE, cwd=ROOT)
    assert server.stdout is not None
    with server, server.stdout:
        zygote_pid, *pids = map(int, server.stdout.readline().split())
        assert len(pids) == 10
        assert all(map(alive, pids))
        os.kill(server.pid if victim == "server" else zygote_pid, signal.SIGKILL)
        assert wait_until(lambda: not any(map(alive, pids)), 1.0)
        assert wait_until(lambda: not alive(zygote_pid), 1.0)
        server.kill()


def test_p5_control_plain_child_survives_its_server() -> None:
    source = ("import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
              "print(child.pid, flush=True)\nsys.stdin.read()")
    server = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert server.stdout is not None
    with server, server.stdout:
        child = int(server.stdout.readline())
        server.kill()
        server.wait()
        assert alive(child)
        os.kill(child, signal.SIGKILL)


def test_zygote_that_was_killed_is_replaced(own_zygote: Zygote) -> None:
    os.kill(own_zygote.pid, signal.SIGKILL)
    assert wait_until(lambda: not alive(own_zygote.pid), 5.0)
    assert finish(open_cell(own_zygote, "print('again')")).out == "again\n"


def test_p6_program_that_ignores_all_signals_can_be_stopped(zygote: Zygote) -> None:
    source = """
import os, signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
os.write(1, b"deaf")
while True:
    time.sleep(60)
"""
    cell = open_cell(zygote, source)
    read_until(cell, b"deaf")
    cell.kill("stopped")
    outcome = finish(cell)
    assert (outcome.exit.reason, outcome.exit.signal) == ("stopped", 9)


def test_p9_program_that_stops_itself_is_ended(run: Run) -> None:
    assert run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", wall_s=0.5).exit.limit == "wall_s"


@pytest.mark.parametrize(("source", "number"), [("import os; os.abort()", 6), ("import ctypes; ctypes.string_at(0)", 11),
                                                ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 9)])
def test_p11_crash_is_told_by_its_signal(run: Run, source: str, number: int) -> None:
    outcome = run(source)
    assert (outcome.exit.reason, outcome.exit.signal, outcome.exit.status) == ("ended", number, 0)


def test_p12_exit_status_is_the_programs_own(run: Run) -> None:
    assert run("import os; os._exit(7)").exit.status == 7
    assert run("import sys; sys.exit(3)").exit.status == 3


def test_p13_no_sandbox_within_the_sandbox(run: Run, run_c: Run) -> None:
    source = """
import os
for what in (lambda: os.unshare(os.CLONE_NEWUSER), lambda: os.unshare(os.CLONE_NEWNS), lambda: os.chroot("."), lambda: os.setuid(0)):
    try:
        what()
        print("went through")
    except OSError as error:
        print("stopped", error.errno)
"""
    assert run(source).out == run_c(source).out == "stopped 1\n" * 4
    control = run(source, without=("seccomp", "capabilities"))
    assert "went through" in control.out


def test_several_processes_work_where_they_are_allowed(run: Run) -> None:
    source = """
import multiprocessing, subprocess, sys
context = multiprocessing.get_context("fork")
with context.Pool(3) as pool:
    print(pool.map(abs, [-1, -2, -3]))
print(subprocess.run([sys.executable, "-c", "print('child')"], capture_output=True, text=True).stdout)
"""
    assert run(source, processes=16).out == "[1, 2, 3]\nchild\n\n"


def test_many_workers_at_once_work_within_the_files_of_a_run(run: Run) -> None:
    source = """
from concurrent.futures import ProcessPoolExecutor
import asyncio, multiprocessing, sys

async def child(number):
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", f"print({number})", stdout=-1)
    return int((await process.communicate())[0])

async def children():
    return sum(await asyncio.gather(*map(child, range(3))))

with ProcessPoolExecutor(12, multiprocessing.get_context("fork")) as pool:
    print(sum(pool.map(abs, range(-40, 0))))
print(asyncio.run(children()))
"""
    outcome = run(source, processes=16)
    assert outcome.out == "820\n3\n", outcome
