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


SIGNALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "two are needed": ("""
ready = threading.Semaphore(0)
def arrive(): ready.release()
def leave():
    ready.acquire()
    ready.acquire()
threads = [threading.Thread(target=target) for target in (arrive, leave)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", ("leave-1 waits for a permit of ready to be released (line 7).", "Nobody is left to release ready.",
      "arrive-1, which released it at line 4, has ended.", "leave-1 took the last permit of it (line 6).")),
    "handed to and fro": ("""
turn = [threading.Semaphore(1), threading.Semaphore(0)]
def player(number, rounds):
    for _ in range(rounds):
        turn[number].acquire()
        turn[1 - number].release()
threads = [threading.Thread(target=player, args=args) for args in ((0, 2), (1, 1), (1, 2))]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", ("player-3 waits for a permit of turn[1] to be released (line 6).", "player-1, which released it at line 7, has ended.")),
    "never released": ("""
go = threading.Semaphore(0)
go.acquire()
""", ("main waits for a permit of go to be released (line 4).", "Nobody is left to release go.", "Nobody ever released it.")),
    "who releases waits itself": ("""
a, b = threading.Semaphore(0), threading.Event()
def one():
    a.release()
    b.wait()
    b.clear()
def two():
    a.acquire()
    a.acquire()
threads = [threading.Thread(target=target) for target in (one, two)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", ("two-1 waits for a permit of a to be released (line 10).", "one-1, which released it at line 5, waits itself.")),
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


@pytest.mark.parametrize("what", SIGNALS)
def test_a_semaphore_that_others_release_is_told_as_a_signal(what: str) -> None:
    source, sentences = SIGNALS[what]
    (finding,) = [each for each in default_run(source) if each.kind == "deadlock"]
    for sentence in sentences:
        assert sentence in finding.story, finding.story
    told = " ".join((finding.title, *finding.story, finding.fix))
    assert not any(word in told for word in ("`with`", "same order", "give back", "given back", "wait for each other"))
    assert "for every time" in finding.fix


def test_permits_given_back_several_at_once_are_not_held() -> None:
    (finding,) = default_run("""
pool, gate = threading.Semaphore(2), threading.Event()
pool.acquire()
pool.acquire()
pool.release(2)
gate.wait()
""")
    assert finding.story[0] == "main waits for gate to be set (line 7)."


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
