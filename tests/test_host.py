"""The host and its sessions over the real walls: many at once, slow consumers, floods, programs that stand still or only seem to."""

from __future__ import annotations

import resource
import threading

import pytest

from playground.host import Host, own_runtime
from playground.model.errors import BadSpec
from playground.model.event import Batch
from playground.model.record import End, Found, Hello, Output, Record
from playground.model.spec import Limits, RunSpec


def records(host: Host, source: str, **limits: float) -> list[Record]:
    with host.open(RunSpec(source=source, limits=Limits(**limits))) as session:  # type: ignore[arg-type]
        return list(session)


def end(found: list[Record]) -> End:
    last = found[-1]
    assert isinstance(last, End)
    return last


def test_a_run_is_told_from_hello_to_end(host: Host) -> None:
    found = records(host, "import threading\nt = threading.Thread(target=print, args=('hi',))\nt.start()\nt.join()\n")
    assert isinstance(found[0], Hello)
    assert (end(found).outcome, end(found).threads) == ("ok", 2)
    assert "".join(record.text for record in found if isinstance(record, Output)) == "hi\n"
    events = [event for record in found if isinstance(record, Batch) for event in record.events({})]
    assert [event.seq for event in events] == list(range(end(found).events))
    assert {"thread.created", "thread.began", "thread.ended", "line"} <= {event.kind for event in events}


def test_many_runs_at_once_stay_apart(host: Host) -> None:
    texts: dict[int, str] = {}

    def run(number: int) -> None:
        found = records(host, f"import time\ntime.sleep(0.05)\nprint({number})\n")
        texts[number] = "".join(record.text for record in found if isinstance(record, Output))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {number: f"{number}\n" for number in range(8)}


def test_a_slow_consumer_stops_the_writer_and_not_the_hosts_memory(host: Host) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = "while True: print('x' * 10_000, end='')"
    with host.open(RunSpec(source=source, limits=Limits(wall_s=1.0, output_kb=4096))) as session:
        taken = iter(session)
        next(taken)
        threading.Event().wait(0.5)
        last = list(taken)[-1]
    assert isinstance(last, End)
    assert last.outcome == "limit"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


@pytest.mark.parametrize("source", [
    "import threading\nb = threading.Barrier(3, timeout=1.3)\ndef w():\n    try: b.wait()\n    except threading.BrokenBarrierError: pass\n"
    "ts = [threading.Thread(target=w) for _ in range(2)]\n[t.start() for t in ts]\n[t.join() for t in ts]\n",
    "import threading\ne = threading.Event()\nthreading.Timer(1.3, e.set).start()\ne.wait()\n",
    "import threading, queue\nq = queue.Queue()\ndef eat():\n    while True: q.get(); q.task_done()\n"
    "[threading.Thread(target=eat, daemon=True).start() for _ in range(2)]\nq.put(1)\nq.join()\n",
    "import time\ntime.sleep(1.3)\n",
])
def test_a_program_that_only_waits_long_is_not_accused(source: str, host: Host) -> None:
    found = records(host, source)
    assert end(found).outcome == "ok"
    assert not [record for record in found if isinstance(record, Found)]


@pytest.mark.parametrize(("source", "words"), [
    ("import threading\nb = threading.Barrier(2)\nb.wait()\n", "main waits at b"),
    ("import queue\nq = queue.Queue()\nq.get()\n", "main waits for an item in q"),
    ("import threading\nc = threading.Condition()\nwith c:\n    c.wait()\n", "Nobody is left to notify c."),
    ("import threading\ns = threading.Semaphore(0)\ns.acquire()\n", "main waits for a permit of s"),
    ("from concurrent.futures import ThreadPoolExecutor\np = ThreadPoolExecutor(1)\n"
     "def f():\n    return p.submit(print).result()\np.submit(f).result()\n", "waits for the result of"),
    ("import threading\na, b, met = threading.Lock(), threading.Lock(), threading.Barrier(2)\n"
     "def f(one, two):\n    with one:\n        met.wait()\n        print('has one')\n        with two: pass\n"
     "for locks in ((a, b), (b, a)): threading.Thread(target=f, args=locks).start()\nprint('started')\n", "f-1 holds a and waits for b"),
])
def test_a_standstill_is_named_by_its_primitive_and_ended_early(source: str, words: str, host: Host) -> None:
    found = records(host, source)
    (finding,) = [record.finding for record in found if isinstance(record, Found)]
    assert words in " ".join(finding.story)
    assert finding.certain
    assert end(found).outcome == "deadlock"
    assert end(found).at_ns < 5_000_000_000


def test_an_unknown_runtime_names_the_known_ones(host: Host) -> None:
    with pytest.raises(BadSpec, match=own_runtime().name.replace(".", r"\.")):
        host.open(RunSpec(source="pass", python="2.7"))
