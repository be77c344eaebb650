"""Whatever a program waits for in vain: who waits for what is told, and why nobody will come."""

from __future__ import annotations

import pytest

from playground.model.finding import FINDING_LEGEND, Finding
from playground.search.replay import Replay
from tests.diagnosis.controlled import Controlled

HEAD = "import threading, queue\n"
STUCK: dict[str, tuple[str, tuple[str, ...]]] = {
    "semaphore": ("""
pool = threading.Semaphore(1)
def leaver():
    pool.acquire()
def worker():
    with pool: pass
for target in (leaver, worker):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
""", ("worker-1 waits for a permit of pool (line 7).", "Nobody is left to give back a permit of pool.",
      "leaver-1 ended with a permit that it had not given back.")),
    "barrier": ("""
gate = threading.Barrier(3)
threads = [threading.Thread(target=gate.wait, name=name) for name in ("one", "two")]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", ("Nobody else is left to come to gate.", "2 of 3 have come.")),
    "queue": ("""
belt = queue.Queue()
def producer():
    belt.put(1)
def consumer():
    while True: belt.get()
threads = [threading.Thread(target=producer), threading.Thread(target=consumer)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", ("consumer-1 waits for an item in belt (line 7).", "Nobody is left to put on belt.", "producer-1, which put on it at line 5, has ended.")),
    "full queue": ("""
shelf = queue.Queue(1)
def guest():
    shelf.get()
threading.Thread(target=guest).start()
for number in range(3): shelf.put(number)
""", ("main waits for room in shelf (line 7).", "guest-1, which took from it at line 5, has ended.")),
    "queue join": ("""
jobs = queue.Queue()
jobs.put(1)
jobs.join()
""", ("main waits until every task of jobs is done (line 5).", "Nobody ever called task_done.")),
    "event": ("""
go = threading.Event()
thread = threading.Thread(target=go.wait, name="waiter")
thread.start()
thread.join()
""", ("waiter waits for go to be set", "Nobody ever set it.")),
    "condition": ("""
cond = threading.Condition()
items = []
def consumer():
    for _ in range(2):
        with cond:
            while not items: cond.wait()
            items.pop()
def producer():
    with cond:
        items.append(1)
        cond.notify()
threads = [threading.Thread(target=consumer), threading.Thread(target=producer)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", ("consumer-1 waits on cond (line 8).", "Nobody is left to notify cond.", "producer-1, which notified it at line 13, has ended.")),
    "future": ("""
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
def inner(): return 1
def outer(): return pool.submit(inner).result()
pool.submit(outer).result()
""", ("main waits for the result of future-1 (line 7).", "pool-1 waits for the result of future-2 (line 6).", "Nobody is left to finish future-2.")),
    "join under a lock": ("""
lock = threading.Lock()
def worker():
    with lock: pass
thread = threading.Thread(target=worker)
with lock:
    thread.start()
    thread.join()
""", ("main holds lock and waits for worker-1 to end (line 9).", "worker-1 waits for lock (line 5).", "Neither can go on.")),
    "each other's end": ("""
ready = threading.Event()
def one():
    ready.wait()
    second.join()
def two():
    first.join()
first, second = threading.Thread(target=one), threading.Thread(target=two)
first.start(); second.start(); ready.set()
""", ("one-1 waits for two-1 to end (line 6).", "two-1 waits for one-1 to end (line 8).", "Neither can go on.")),
}


def default_run(source: str) -> list[Finding]:
    with Controlled(HEAD + source) as controlled:
        outcome, found = controlled.run(Replay(()))
    assert outcome.verdict == "deadlock"
    return found


@pytest.mark.parametrize("what", STUCK)
def test_a_standstill_says_who_waits_and_why_nobody_will_come(what: str) -> None:
    source, sentences = STUCK[what]
    finding = next(each for each in default_run(source) if each.kind == "deadlock")
    assert finding.certain
    assert finding.fix
    assert finding.steps
    for sentence in sentences:
        assert any(told.startswith(sentence) for told in finding.story), finding.story


def test_threads_that_print_before_they_wait_are_told_as_well() -> None:
    (finding,) = default_run("""
a, b, met = threading.Lock(), threading.Lock(), threading.Barrier(2)
def take(first, second):
    with first:
        met.wait()
        print("has the first")
        with second: pass
for order in ((a, b), (b, a)): threading.Thread(target=take, args=order).start()
print("started")
""")
    assert finding.certain
    assert finding.story[:3] == ("take-1 holds a and waits for b (line 8).", "take-2 holds b and waits for a (line 8).", "Neither can go on.")


def test_every_story_renames_with_the_program() -> None:
    source, _ = STUCK["semaphore"]
    found = default_run(source.replace("pool", "ink").replace("worker", "poster"))
    assert {finding.kind for finding in found} == {"deadlock", "forgotten_release"}
    assert all("ink" in finding.title and "poster-1" in finding.title for finding in found)


def test_the_legend_names_every_kind() -> None:
    assert {kind for kind, _, _ in FINDING_LEGEND} == {"deadlock", "crash", "lost_wakeup", "forgotten_release", "data_race", "lock_order",
                                                       "starvation", "gil_contention"}
    assert all(word and sentence for _, word, sentence in FINDING_LEGEND)
