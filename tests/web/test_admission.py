"""The gate: order, fairness, places, and that no slot is ever lost."""

from __future__ import annotations

import json
import random
import threading
from itertools import pairwise

import pytest

from web.admission import Admission, Place, QueueFull, Ticket
from web.conversation import Conversation


class Asked:
    """A ticket that remembers what it was told."""

    def __init__(self, gate: Admission, address: str = "a", visitor: str = "v", low: bool = False) -> None:
        self.places: list[Place] = []
        self.granted = threading.Event()
        self.ticket = Ticket(address, visitor, self.granted.set, self.places.append, low=low)
        gate.ask(self.ticket)

    @property
    def place(self) -> int:
        return self.places[-1].place if self.places and not self.granted.is_set() else 0


def test_who_fits_is_granted_at_once() -> None:
    gate = Admission(2, 10)
    assert all(Asked(gate, visitor=str(n)).granted.is_set() for n in range(2))
    assert Asked(gate, visitor="3").place == 1


def test_different_visitors_are_served_in_order_of_arrival() -> None:
    gate = Admission(1, 10)
    asked = [Asked(gate, visitor=str(n)) for n in range(5)]
    assert [each.place for each in asked] == [0, 1, 2, 3, 4]
    for now, following in pairwise(asked):
        assert not following.granted.is_set()
        gate.leave(now.ticket)
        assert following.granted.is_set()


def test_who_leaves_the_queue_makes_room_for_those_behind() -> None:
    gate = Admission(1, 10)
    asked = [Asked(gate, visitor=str(n)) for n in range(4)]
    gate.leave(asked[1].ticket)
    assert [each.place for each in asked[2:]] == [1, 2]


def test_a_flood_of_one_visitor_waits_behind_everybody_elses_first() -> None:
    gate = Admission(1, 2_000)
    flood = [Asked(gate, visitor="flood") for _ in range(1_000)]
    other = Asked(gate, visitor="other")
    assert other.place == 1
    gate.leave(flood[0].ticket)
    assert other.granted.is_set()


def test_a_flood_of_one_address_with_many_names_does_not_starve_other_addresses() -> None:
    gate = Admission(1, 2_000)
    flood = [Asked(gate, address="10.0.0.1", visitor=str(n)) for n in range(500)]
    other = Asked(gate, address="10.0.0.2")
    assert other.place == 1
    gate.leave(flood[0].ticket)
    assert other.granted.is_set()


def test_turns_alternate_between_addresses_and_within_them_between_visitors() -> None:
    gate = Admission(1, 100)
    names = [("A", "x"), ("A", "x"), ("A", "x"), ("A", "y"), ("B", "z"), ("B", "z")]
    asked = [Asked(gate, address, visitor) for address, visitor in names]
    served, left = [], list(asked)
    while left:
        now = next(each for each in left if each.granted.is_set())
        served.append((now.ticket.address, now.ticket.visitor))
        left.remove(now)
        gate.leave(now.ticket)
    assert served == [("A", "x"), ("B", "z"), ("A", "y"), ("B", "z"), ("A", "x"), ("A", "x")]


def test_a_place_never_grows_while_nobody_new_comes() -> None:
    gate, chance = Admission(3, 1_000), random.Random(3)
    asked = [Asked(gate, str(chance.randrange(4)), str(chance.randrange(20))) for _ in range(200)]
    for each in asked:
        each.places[:] = each.places[-1:]
    going = [each for each in asked if each.granted.is_set()]
    while going:
        gate.leave(going.pop(chance.randrange(len(going))).ticket)
        going = [each for each in asked if each.granted.is_set() and each.ticket.state == "running"]
    for each in asked:
        places = [place.place for place in each.places]
        assert places == sorted(places, reverse=True)


def test_pictures_come_after_visitors_and_leave_a_slot_free() -> None:
    gate = Admission(2, 10)
    picture, second = Asked(gate, visitor="cards", low=True), Asked(gate, visitor="cards", low=True)
    assert picture.granted.is_set()
    assert not second.granted.is_set()
    assert Asked(gate, visitor="somebody").granted.is_set()


def test_a_full_queue_refuses_with_a_sentence() -> None:
    gate = Admission(1, 2)
    for n in range(3):
        Asked(gate, visitor=str(n))
    with pytest.raises(QueueFull, match="Try again"):
        Asked(gate, visitor="late")


def test_the_estimate_follows_how_long_runs_take(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("web.admission.time.monotonic", lambda: now[0])
    gate = Admission(2, 100)
    running = [Asked(gate, visitor=f"r{n}") for n in range(2)]
    first = Asked(gate, visitor="first")
    assert first.places[-1] == Place(1, 2), "half of the first guess, on two slots"
    gate.leave(first.ticket)
    for _ in range(30):
        now[0] += 8
        gate.leave(running.pop(0).ticket)
        running.append(Asked(gate, visitor=str(now[0])))
    waiting = [Asked(gate, visitor=f"w{n}") for n in range(10)]
    last = waiting[-1].places[-1]
    assert abs(last.eta_s - last.place * 16 / 2) <= 8


def test_no_slot_is_lost_in_a_storm_of_threads() -> None:
    gate = Admission(4, 10_000)
    most, running = [0], []
    lock = threading.Lock()

    def visitor(name: str) -> None:
        chance = random.Random(name)
        for _ in range(60):
            granted = threading.Event()
            ticket = gate.ask(Ticket(str(chance.randrange(3)), name, granted.set, lambda _place: None))
            if chance.random() < 0.3:
                gate.leave(ticket)
                continue
            assert granted.wait(20)
            with lock:
                running.append(name)
                most[0] = max(most[0], len(running))
            with lock:
                running.remove(name)
            gate.leave(ticket)
            gate.leave(ticket)

    threads = [threading.Thread(target=visitor, args=(str(n),)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 4
    assert (gate.running, gate.waiting) == (0, 0)
    assert Asked(gate).granted.is_set()


def test_a_place_that_was_overtaken_on_its_way_is_not_told_to_the_page() -> None:
    gate = Admission(1, 10)
    first, second = Asked(gate, visitor="1"), Asked(gate, visitor="2")
    third = Asked(gate, visitor="3")
    gate.leave(first.ticket)
    older, newer = third.places
    assert (older.place, newer.place) == (2, 1)
    assert older.order < newer.order
    talk = Conversation(None, gate, "a", "3")  # type: ignore[arg-type]
    talk._moved(newer)
    talk._moved(older)
    told = [json.loads(message) for message in talk.next_messages() if isinstance(message, str)]
    assert [each["place"] for each in told if each["type"] == "queued"] == [1]
    assert second.granted.is_set()
