"""One page's talk with the server, knowing nothing of what carries it.

The reader's thread calls `hear` with each message; one writer's thread takes from `next_messages` what to send. The writer is fed from the run's
log by a cursor: nothing is queued for a socket, so a slow one costs nothing. One that falls too far behind gets a summary and goes on from the
newest message; it fetches the hole when it likes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

from web import messages
from web.admission import Admission, Place, QueueFull, Ticket
from web.messages import BadMessage, Wish, control, error, read_wish
from web.runs import NoRoom, Run, Runs

TOO_OLD_S = 1.0
TOO_FAR_BYTES = 192 * 1024
"""A message that waited so long, with so much behind it, is skipped for now."""
TOGETHER_BYTES = 32 * 1024
"""So much is sent at once, where it is at hand: each sending gives the GIL away, and each arrival wakes the page's process."""
MOST_FETCHES = 64
MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 40.0, 120
POLL_S = 30.0
Close = tuple[int, str]


class Conversation:
    """What one socket wants, has, and is owed."""

    def __init__(self, runs: Runs, admission: Admission, address: str, visitor: str) -> None:
        self.runs, self.admission, self.address, self.visitor = runs, admission, address, visitor
        self.summaries = 0
        self._bell = threading.Event()
        self._lock = threading.Lock()
        self._placing = threading.Lock()
        self._placed = 0
        """The settling of the queue by which the page was last told its place."""
        self._outbox: deque[str] = deque([control("welcome", version=messages.VERSION)])
        self._ticket: Ticket | None = None
        self._wanted: Wish | None = None
        self._own: Run | None = None
        self._run: Run | None = None
        self._refusal_told = ""
        self._cursor = 0
        self._catch_up = 0
        self._fetches: deque[tuple[Run, int, int]] = deque()
        self._closing: Close | None = None
        self._tokens, self._refilled = float(MESSAGES_AT_ONCE), time.monotonic()

    # the reader's side

    def hear(self, text: str | bytes) -> None:
        """One message of the page; whatever is wrong with it is answered, never raised."""
        if not self._within_rate():
            self.close(1008, "Too many messages")
            return
        try:
            wish = read_wish(text, self.runs.config)
            getattr(self, f"_do_{wish.do}")(wish)
        except BadMessage as bad:
            self.say(bad.to_json())

    def say(self, message: str) -> None:
        """Send a control message, in order, as soon as the socket takes it."""
        self._outbox.append(message)
        self._bell.set()

    def close(self, code: int, reason: str) -> None:
        """Ask the writer to close with that code."""
        self._closing = self._closing or (code, reason)
        self._bell.set()

    def leave(self) -> None:
        """The socket is gone: its place in the queue too, its run goes on for the grace."""
        with self._lock:
            ticket, self._ticket = self._ticket, None
            self._fetches.clear()
        if ticket is not None:
            self.admission.leave(ticket)  # even if it was granted this instant: whoever took it from `_ticket` gives it back
        self._part()
        self.close(1000, "")

    def _do_run(self, wish: Wish) -> None:
        """Queue it. A page has one run: one that waits is replaced and keeps its place, one that goes on is stopped."""
        with self._lock:
            self._wanted = wish
            waits = self._ticket is not None
        if waits:
            return
        self._part()
        if self._own is not None:
            self._own.stop("replaced by a newer run")
        ticket = Ticket(self.address, self.visitor, self._granted, self._moved)
        with self._lock:
            self._ticket = ticket
        try:
            self.admission.ask(ticket)
        except QueueFull as full:
            with self._lock:
                self._ticket = self._wanted = None
            self.say(error("unavailable", str(full)))

    def _do_find(self, wish: Wish) -> None:
        """A search is a run of another kind: it waits, takes a slot, is followed and stopped like any."""
        self._do_run(wish)

    def _granted(self) -> None:
        with self._lock:
            ticket, wish = self._ticket, self._wanted
            self._ticket = self._wanted = None
        if ticket is None:
            return
        if wish is None or wish.spec is None or self._closing:
            self.admission.leave(ticket)
            return
        try:
            run = self.runs.start(wish.spec, ticket)
        except NoRoom as full:
            self.say(error("unavailable", str(full)))
            return
        self._own = run
        self.say(control("accepted", run=run.id, channel=run.channel))
        self._follow(run, 0)

    def _moved(self, place: Place) -> None:
        with self._placing:
            if place.order < self._placed:
                return
            self._placed = place.order
            self.say(control("queued", place=place.place, eta_s=place.eta_s))

    def _do_leave(self, wish: Wish) -> None:
        with self._lock:
            ticket, self._ticket, self._wanted = self._ticket, None, None
        if ticket is not None:
            self.admission.leave(ticket)

    def _do_stop(self, wish: Wish) -> None:
        self._known(wish.run).stop("stopped by the visitor")

    def _do_resume(self, wish: Wish) -> None:
        run = self._known(wish.run, wish.first)
        self._own = run
        self._follow(run, wish.first)

    def _do_fetch(self, wish: Wish) -> None:
        run = self._known(wish.run, wish.first)
        last = min(wish.last, len(run.log))
        with self._lock:
            if len(self._fetches) >= MOST_FETCHES:
                raise BadMessage("refused", f"{MOST_FETCHES} fetches are under way; wait for them.")
            if wish.first < last:
                self._fetches.append((run, wish.first, last))
        self._bell.set()

    def _do_ping(self, wish: Wish) -> None:
        self.say(control("pong"))

    def _known(self, name: str, first: int = 0) -> Run:
        """The run, whose log reaches at least to message `first`."""
        run = self.runs.find(name)
        if run is None:
            raise BadMessage("no_such_run", "There is no run of that id here; its trace may have been given up. Run the program again.")
        if first > (length := len(run.log)):
            raise BadMessage("refused", f"This run has {length:,} messages so far; it cannot be read from number {first:,}. Read it from 0.")
        return run

    def _follow(self, run: Run, cursor: int) -> None:
        run.follow(self._bell.set)
        with self._lock:
            before, self._run = self._run, run
            self._cursor, self._catch_up = cursor, len(run.log)
        if before is not None:
            before.unfollow(self._bell.set)
        self._bell.set()

    def _part(self) -> None:
        """Follow nothing: no message of the run that was followed comes after this."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.unfollow(self._bell.set)

    def _within_rate(self) -> bool:
        now = time.monotonic()
        self._tokens = min(MESSAGES_AT_ONCE, self._tokens + (now - self._refilled) * MESSAGES_A_SECOND) - 1
        self._refilled = now
        return self._tokens >= 0

    # the writer's side

    def next_messages(self) -> list[bytes | str] | Close:
        """What to send next, waiting until there is something; a pair is a close code and its reason."""
        while True:
            self._bell.clear()
            wait = POLL_S
            if self._closing:
                return self._closing
            if (found := list(self._together())):
                return found
            with self._lock:
                run = self._run
            if run is not None and not run.log.ended:
                due = run.log.flush_due()
                wait = POLL_S if due is None else due
            self._bell.wait(wait)

    def _together(self) -> Iterator[bytes | str]:
        size = 0
        while size < TOGETHER_BYTES and (message := self._at_hand()) is not None:
            yield message
            size += len(message)

    def _at_hand(self) -> bytes | str | None:
        if self._outbox:
            return self._outbox.popleft()
        with self._lock:
            live = self._live()
            return self._fetched() if live is None else live

    def _live(self) -> bytes | str | None:
        run = self._run
        if run is None or self._cursor >= len(run.log):
            return None
        if self._cursor >= self._catch_up and run.log.age_s(self._cursor) > TOO_OLD_S:
            head = len(run.log) - run.log.ended  # the End is never skipped
            if run.log.size(self._cursor, head) > TOO_FAR_BYTES:
                message = run.log.summary(self._cursor, head)
                self._cursor = head
                self.summaries += 1
                return message
        if run.refusal is not None and run.log.ended and self._cursor + 1 == len(run.log) and self._refusal_told != run.id:
            self._refusal_told = run.id
            return error(run.refusal.code, str(run.refusal), run=run.id)
        message_ = run.log.read(self._cursor)
        self._cursor += 1
        return message_

    def _fetched(self) -> bytes | str | None:
        """The next message of the oldest fetch, when nothing live waits."""
        if not self._fetches:
            return None
        run, first, last = self._fetches[0]
        if first + 1 < last:
            self._fetches[0] = (run, first + 1, last)
        else:
            self._fetches.popleft()
        return run.log.read(first)
