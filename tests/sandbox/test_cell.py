"""One run from the host's side."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace

import pytest

from playground.model.errors import SandboxRefused
from playground.model.spec import Limits
from playground.sandbox import Policy, Zygote
from tests.sandbox.cells import finish, open_cell, read_until


def test_channels_arrive_apart_and_end(zygote: Zygote) -> None:
    outcome = finish(open_cell(zygote, "import os\nos.write(1, b'out')\nos.write(2, b'err')\nos.write(EVENT_FD, b'event')"))
    assert (outcome.out, outcome.err, outcome.channels["events"]) == ("out", "err", b"event")
    assert (outcome.exit.reason, outcome.exit.status, outcome.exit.signal, outcome.exit.limit) == ("ended", 0, 0, "")
    assert outcome.exit.max_memory_mb > 5


def test_nothing_comes_back_after_the_timeout(zygote: Zygote) -> None:
    cell = open_cell(zygote, "import time\ntime.sleep(30)", Policy(sample=False))
    assert cell.chunks(0.05) == []
    cell.close()


def test_first_reason_of_a_kill_counts_and_from_any_thread(zygote: Zygote) -> None:
    cell = open_cell(zygote, "import os, time\nos.write(1, b'up')\ntime.sleep(30)")
    read_until(cell, b"up")
    killers = [threading.Thread(target=cell.kill, args=("stopped by the visitor",)) for _ in range(4)]
    for killer in killers:
        killer.start()
    for killer in killers:
        killer.join()
    cell.kill("too late")
    outcome = finish(cell)
    assert (outcome.exit.reason, outcome.exit.signal, outcome.exit.limit) == ("stopped by the visitor", 9, "")


def test_account_of_a_run_that_the_host_ended_is_kept(zygote: Zygote) -> None:
    cell = open_cell(zygote, "import os\nblock = bytearray(40 << 20)\nsum(range(3_000_000))\nos.write(1, b'up')\nwhile True: pass")
    read_until(cell, b"up")
    cell.kill("deadlock")
    outcome = finish(cell)
    assert (outcome.exit.reason, outcome.exit.signal) == ("deadlock", 9)
    assert outcome.exit.cpu_s > 0.01
    assert outcome.exit.max_memory_mb > 40


def test_kill_after_the_end_changes_nothing(zygote: Zygote) -> None:
    cell = open_cell(zygote, "print('done')")
    while not cell.over:
        cell.chunks(1.0)
    cell.kill("too late")
    assert cell.exit().reason == "ended"
    cell.close()
    cell.close()


def test_close_ends_a_run(zygote: Zygote) -> None:
    cell = open_cell(zygote, "while True: pass")
    cell.close()
    assert cell.over


def test_large_job_arrives_whole(zygote: Zygote) -> None:
    source = f"text = {'x' * 3_000_000!r}\nprint(len(text))"
    assert finish(open_cell(zygote, source)).out == "3000000\n"


def test_many_threads_open_cells_of_one_zygote(zygote: Zygote) -> None:
    outs: list[str] = []

    def work(number: int) -> None:
        outs.append(finish(open_cell(zygote, f"print({number})")).out)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, outs)) == list(range(12))


def test_policy_comes_from_limits_and_travels() -> None:
    policy = Policy.for_limits(Limits(wall_s=3.5, threads=9, disk_mb=2))
    assert (policy.wall_s, policy.threads, policy.disk_mb, policy.without) == (3.5, 9, 2, ())
    assert Policy.from_json(policy.to_json()) == policy
    with pytest.raises(ValueError, match="no such wall"):
        Policy(without=("glass",))


def test_interpreter_that_is_not_there_is_refused() -> None:
    with pytest.raises(SandboxRefused, match="cannot be started"):
        Zygote(SimpleNamespace(name="9.9", executable="/nowhere/python9.9")).start()


def test_preload_that_is_broken_is_refused_with_its_reason() -> None:
    import sys

    with pytest.raises(SandboxRefused, match="ModuleNotFoundError"):
        Zygote(SimpleNamespace(name="3.13", executable=sys.executable), preload="tests.sandbox.not_there").start()


def test_job_is_given_as_it_is(zygote: Zygote) -> None:
    cell = zygote.open_cell(Policy(), json.dumps({"source": "print('é\u2028')"}, ensure_ascii=False).encode())
    assert finish(cell).out == "é\u2028\n"
