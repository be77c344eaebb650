"""Who may run now, and who is when: a cap on runs at once and a queue in which everybody sees their place.

Fair at two levels, by rounds (start-time fair queueing: Goyal, Vin, Cheng 1996, with every run of cost 1): a visitor's next ticket belongs to the
round after their last one, or to the round now being served if that is later; an address's tickets have turns among addresses in the same
way. So a class behind one address is served in order of arrival, and one visitor who presses Run a thousand times waits behind everybody
else's first.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

REMEMBERED = 64
MOST_REMEMBERED = 20_000
FIRST_GUESS_S = 5.0
"""How long a run takes, before any has ended here: half of the default wall limit."""


class QueueFull(Exception):
    """As many wait as may wait."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket stands: 1 is next; `eta_s` is an estimate from how long recent runs took.

    `order` rises with each settling: places are told from several threads, and an older one may come later.
    """

    place: int
    eta_s: int
    order: int = field(default=0, compare=False)


@dataclass(eq=False, slots=True)
class Ticket:
    """One wish to run. `granted` and `moved` are called without the lock, from whatever thread made it so."""

    address: str
    visitor: str
    granted: Callable[[], None]
    moved: Callable[[Place], None]
    low: bool = False
    arrival: int = 0
    round: int = 0
    turn: int = 0
    asked_at: float = 0.0
    granted_at: float = 0.0
    place: int = field(default=0)
    state: str = "waiting"
    """waiting -> running -> over, or waiting -> over: under the lock."""


class Admission:
    """The gate before all runs."""

    def __init__(self, slots: int, queue: int) -> None:
        self._slots, self._most = slots, queue
        self._lock = threading.Lock()
        self._arrivals = count()
        self._settlings = count(1)
        self._waiting: list[Ticket] = []
        self._running: list[Ticket] = []
        self._visitors: dict[tuple[str, str], int] = {}
        """The round of each visitor's next ticket."""
        self._rounds: dict[str, int] = {}
        """The round being served at each address."""
        self._turns: dict[str, int] = {}
        """The next turn of each address."""
        self._turn = 0
        """The turn being served."""
        self._took: deque[float] = deque(maxlen=REMEMBERED)
        self.waited: deque[float] = deque(maxlen=REMEMBERED)
        """Seconds that recent runs waited here."""

    def ask(self, ticket: Ticket) -> Ticket:
        """Queue the ticket; it is granted before this returns if there is room. Raises QueueFull."""
        with self._lock:
            if len(self._waiting) >= self._most:
                raise QueueFull(f"{self._most:,} programs are waiting already. Try again in a minute.")
            ticket.arrival, ticket.asked_at = next(self._arrivals), time.monotonic()
            who = ticket.address, ticket.visitor
            ticket.round = max(self._visitors.get(who, 0), self._rounds.get(ticket.address, 0))
            self._visitors[who] = ticket.round + 1
            self._waiting.append(ticket)
            calls = self._settle()
        _run(calls)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """The ticket's run is over, or it does not want to wait any more. Idempotent."""
        with self._lock:
            if ticket.state == "running":
                self._running.remove(ticket)
                self._took.append(time.monotonic() - ticket.granted_at)
            elif ticket.state == "waiting" and ticket in self._waiting:
                self._waiting.remove(ticket)
            ticket.state = "over"
            calls = self._settle()
        _run(calls)

    @property
    def running(self) -> int:
        """Slots taken."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Tickets in the queue."""
        return len(self._waiting)

    @property
    def slots(self) -> int:
        """Runs at once."""
        return self._slots

    def _settle(self) -> list[Callable[[], None]]:
        """Under the lock: grant what can be granted, tell the others their places."""
        if not self._waiting:
            if not self._running or len(self._visitors) > MOST_REMEMBERED:
                self._forget()
            return []
        calls: list[Callable[[], None]] = []
        order = self._order()
        while order and len(self._running) < self._slots - order[0].low * (self._slots > 1):
            ticket = order.pop(0)
            self._waiting.remove(ticket)
            self._running.append(ticket)
            ticket.state, ticket.granted_at = "running", time.monotonic()
            self._rounds[ticket.address] = max(self._rounds.get(ticket.address, 0), ticket.round)
            self._turns[ticket.address] = ticket.turn + 1
            self._turn = max(self._turn, ticket.turn)
            self.waited.append(ticket.granted_at - ticket.asked_at)
            calls.append(ticket.granted)
        mean, settling = self._mean_s(), next(self._settlings)
        for number, ticket in enumerate(order, 1):
            if number != ticket.place:
                ticket.place = number
                calls.append(_Moved(ticket, Place(number, max(1, round(mean * number / self._slots)), settling)))
        return calls

    def _order(self) -> list[Ticket]:
        """The waiting tickets as they will be served if nobody else comes."""
        turns: dict[str, int] = {}
        for ticket in sorted(self._waiting, key=lambda each: (each.low, each.round, each.arrival)):
            turn = turns.get(ticket.address, max(self._turns.get(ticket.address, 0), self._turn))
            ticket.turn, turns[ticket.address] = turn, turn + 1
        return sorted(self._waiting, key=lambda each: (each.low, each.turn, each.round, each.arrival))

    def _forget(self) -> None:
        """Nobody waits: everybody may be new again."""
        self._visitors.clear()
        self._rounds.clear()
        self._turns.clear()
        self._turn = 0

    def _mean_s(self) -> float:
        """What a slot is held for: of recent runs, and of those going if they have taken longer already."""
        if self._took:
            return sum(self._took) / len(self._took)
        now = time.monotonic()
        return max([FIRST_GUESS_S, *(now - ticket.granted_at for ticket in self._running)])


@dataclass(frozen=True, slots=True)
class _Moved:
    ticket: Ticket
    place: Place

    def __call__(self) -> None:
        if self.ticket.state == "waiting":
            self.ticket.moved(self.place)


def _run(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()
