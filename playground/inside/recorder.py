"""The recorder: one log that every thread appends to, and one flush that writes it down the pipe.

An event is four 64-bit words, the 32 bytes of `model/record.py`, appended by one `array.extend`: under the GIL that is one atomic step,
so the order of the log IS the total order and nothing is ever serialised event by event. Definitions (threads, objects, texts) are
entered in rolls before the event that names them is appended; the flush first notes how long the log is, then writes all definitions,
then the events: so a definition always comes first. The thread whose event is the first after 20 ms flushes; a hidden thread does it for the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from playground.inside import real
from playground.inside.gaps import Gaps
from playground.inside.log import Log, new_log
from playground.inside.pipe import PAYLOAD_BYTES, Pipe, whole_letters, write_all
from playground.inside.roll import Roll
from playground.inside.things import Known, Member, Things
from playground.inside.wording import type_name
from playground.model.event import KINDS
from playground.model.record import (
    BATCH,
    CLOSE,
    EVENT_BYTES,
    EVENTS_PER_RECORD,
    GAP,
    HELLO,
    MAX_OBJECTS,
    MAX_TEXTS,
    MAX_THREADS,
    OBJECT,
    OUTPUT,
    OUTPUT_HEAD,
    TEXT,
    TEXT_HEAD,
    THREAD,
)

__builtins__ = real.builtins
WINDOW_NS = 20_000_000
WINDOW_S = WINDOW_NS / 1e9
WINDOW_MS = WINDOW_NS // 1_000_000
_MOST_WAITS = 10
"""A flush that waits for a slow reader gives the pipe free after so many waits' time: a fork or the end of the program wants it too."""
_PROMPT_NS = 1_500_000
_PROMPT_WAIT_S = 0.002
_FLUSH_WAIT_S = 0.02
_MOST_PENDING = 4 << 20
_MOST_WAITING = 2_000_000
_MOST_UNSAID = 1 << 16
_BATCH_BYTES = EVENTS_PER_RECORD * EVENT_BYTES
_PREFIX = [number | kind.to << 8 for number, kind in enumerate(KINDS)]
_MOST_U32 = 0xFFFF_FFFF


class Recorder:
    """What the lenses, the lines and the output write to."""

    def __init__(self, fd: int, home: dict[str, object], watch: tuple[str, ...] = ()) -> None:
        self.on = True
        self.log: Log = new_log()
        self.append = self.log.append
        self.pipe = Pipe(fd)
        self.gaps = Gaps()
        self.home = home
        """The globals of the visitor's program: a frame that has them is the visitor's."""
        self.watch = watch
        self.things = Things()
        self.ids: dict[int, int] = {}
        """Thread ident to thread number, of the living."""
        self.shown: dict[int, int] = {}
        """Thread number to the line last reported."""
        self.waiting: dict[int, object] = {}
        """Thread number to what it was last reported to wait for, while it does."""
        self.objects: Roll[Known] = Roll(MAX_OBJECTS - 1)
        self.threads: Roll[Member] = Roll(MAX_THREADS - 1)
        self.texts: Roll[str] = Roll(min(MAX_TEXTS - 1, 200_000))
        self.text_ids: dict[str, int] = {}
        self.sayings: list[tuple[int, int, int, bytes]] = []
        self.unsaid = 0
        self.due = 0
        self.prompt = 0
        """From then on a line that is printed goes down the pipe at once: the program may die of its next step."""
        self.writing = real.allocate_lock()
        self.writer = 0
        self.beats: list[Callable[[int], None]] = []
        """Called by the hidden thread after each window: budgets are filled up again there."""
        self.last_words: list[Callable[[], None]] = []
        """Called once, when the program has ended: what is being left out right then is told as a Gap too."""
        self.endings: list[Callable[[], None]] = []
        """Called once, when recording stops: what was put in place is taken away."""
        self.leaving = False
        """True once the threads that still live have been said to be cut off."""
        self.callbacks = 0
        self.appended = 0
        self.failures = 0
        self.dropped = 0
        self.error = ""
        self.message = ""
        self.trace = ""
        self.revive: Callable[[], None] | None = None
        """Starts the hidden thread again, after a fork stopped it."""

    # --- facts, called by any thread -------------------------------------------------------------------------------------------

    def emit(self, kind: int, obj: int = 0, line: int = 0, value: int = 0, note: int = 0) -> None:
        """The calling thread did this."""
        try:
            at = real.monotonic_ns()
            thread = self.ids.get(real.get_ident(), -1)
            if thread < 0:
                thread = self.adopt()
                if thread < 0:
                    return
            if line:
                self.shown[thread] = line
            self.append((at, _PREFIX[kind] | thread << 16 | obj << 32, line | value << 32, note))
            if at > self.due:
                self.flush()
        except Exception as error:  # noqa: BLE001 - a watcher that fails is dropped, never the program
            self.failed(error)

    def emit_for(self, thread: int, kind: int, obj: int = 0, line: int = 0, value: int = 0, note: int = 0) -> None:
        """Something happened to another thread, or to one that does not run yet."""
        if thread >= 0:
            if line:
                self.shown[thread] = line
            self.append((real.monotonic_ns(), _PREFIX[kind] | thread << 16 | obj << 32, line | value << 32, note))

    def say(self, stream: int, data: bytes) -> bool:
        """The calling thread printed; False if there is no pipe any more (the caller then writes to the descriptor)."""
        at = real.monotonic_ns()
        thread = self.ids.get(real.get_ident(), -1)
        if thread < 0:
            thread = self.adopt()
        if thread < 0 and self.leaving:
            return False
        for start in range(0, len(data), _MOST_UNSAID):
            if not self.on:
                return False
            piece = data[start : start + _MOST_UNSAID]
            size = len(piece)
            self.sayings.append((at, thread if thread > 0 else 0, stream, piece))  # a call among these words would let a flush take the list first
            self.unsaid += size
            try:
                self._pass_on(at, line=piece.endswith(b"\n"))
            except Exception as error:  # noqa: BLE001 - what was printed is kept, and goes out with a later flush
                self.failed(error)
        return True

    def _pass_on(self, at: int, *, line: bool) -> None:
        if self.unsaid >= _MOST_UNSAID:
            self._press()
        elif at > self.due:
            self.flush()
        elif at > self.prompt and line:
            self.show(_PROMPT_WAIT_S)

    def show(self, wait_s: float = _FLUSH_WAIT_S) -> None:
        """Push what was printed: the program asked for it, or it was quiet for a while. A flush that just goes on elsewhere came too early for it."""
        if self.unsaid and self.on and self.writer != real.get_ident():
            before = real.monotonic_ns()
            if self.writing.acquire(False) or self.writing.acquire(True, wait_s):
                self.writing.release()
            self.flush()
            now = real.monotonic_ns()
            self.prompt = now + max(_PROMPT_NS, 4 * (now - before))  # beside a spinning thread a push costs 5 ms: the GIL comes back that late

    def number(self, known: Known) -> int:
        """The object's id; it gets one when it is first used."""
        if not known.number:
            known.number = self.objects.enter(known) + 1
        return known.number

    def text(self, text: str) -> int:
        """The id of a text for `note`, 0 when there are too many."""
        number = self.text_ids.get(text, 0)
        if not number and text:
            number = self.texts.enter(text) + 1
            self.text_ids[text] = number
        return number

    def enter_thread(self, member: Member) -> int:
        """A new thread's number, -1 when there are too many."""
        member.number = self.threads.enter(member)
        return member.number

    def adopt(self) -> int:
        """A thread that nobody announced: started from C or through a name saved before the recorder came."""
        if self.leaving:
            return -1
        ident = real.get_ident()
        thread = real.live_threads.get(ident)
        name = thread.name if type(thread).__module__ == "threading" else ""
        member = Member(name or f"thread-{len(self.threads.entries)}", True, real.get_native_id(), 0, 0, 0)
        number = self.enter_thread(member)
        self.ids[ident] = number
        return number

    def leave(self) -> None:
        """The program is over: what daemons still do is heard no more."""
        self.leaving, me = True, real.get_ident()
        for ident in list(self.ids):
            if ident != me:
                self.ids.pop(ident, None)

    def me(self) -> int:
        """The calling thread's number."""
        return self.ids.get(real.get_ident(), -1)

    def mine(self, frame: FrameType) -> bool:
        """Whether that frame runs the visitor's code."""
        return frame.f_globals is self.home or (bool(self.watch) and frame.f_code.co_filename.startswith(self.watch))

    def line_of(self, at: FrameType | None) -> int:
        """The visitor's line that led here; 0 if none did."""
        while at is not None:
            if at.f_globals is self.home or (self.watch and at.f_code.co_filename.startswith(self.watch)):
                return at.f_lineno or 0
            at = at.f_back
        return 0

    def crashed(self, error: str, message: str, trace: str) -> None:
        """An exception that nobody caught; the first one counts."""
        if not self.error:
            self.error, self.message, self.trace = error, message, trace

    def failed(self, error: BaseException) -> None:
        """Recording went wrong: drop that fact, after many give up. What the program raised in between goes on its way."""
        trace = real.traceback_of(error)
        while trace is not None:
            if self.mine(trace.tb_frame):
                raise error
            trace = trace.tb_next
        if isinstance(error, (RecursionError, MemoryError)):
            return
        self.failures += 1
        if self.failures == 200:
            self.stop(f"the recorder stopped after 200 errors of its own ({type_name(error)})")

    # --- the way out -----------------------------------------------------------------------------------------------------------

    def hello(self) -> None:
        """The first record."""
        gil = getattr(sys, "_is_gil_enabled", lambda: True)()
        python = f"{sys.implementation.name} {sys.version.split()[0]}"
        table = {"python": python, "gil": bool(gil), "origin_ns": real.monotonic_ns()}
        self.pipe.add(HELLO, real.json_text(table).encode())
        self.pipe.push(1000)

    def flush(self, wait_ms: int = 0) -> None:
        """Write everything so far, if nobody else is just doing that."""
        if self.revive is not None:
            self.revive()
        if self.on and self.writing.acquire(False):
            try:
                self.writer = real.get_ident()
                now = real.monotonic_ns()
                self.due, self.prompt = now + WINDOW_NS, now + _PROMPT_NS
                self._write(wait_ms)
            finally:
                self.writer = 0
                self.writing.release()
            if not self.pipe.alive:
                self.stop("the program closed the recorder's pipe")

    def _press(self) -> None:
        """The reader is slower than what is printed: wait for it, as a print into a full pipe does."""
        while self.on and self.unsaid >= _MOST_UNSAID and self.writer != real.get_ident():
            if self.writing.acquire(True, 0.1):
                self.writing.release()
                self.flush(200)
        if self.pipe.alive and len(self.pipe.pending) > _MOST_PENDING:
            self.flush(200)

    def _write(self, wait_ms: int, *, last: bool = False) -> None:
        pipe = self.pipe
        if not pipe.check():
            return
        waited = () if last else (_MOST_WAITS * wait_ms,)
        before = len(pipe.pending)
        if before > _MOST_PENDING and len(self.log) < _MOST_WAITING:
            pipe.push(wait_ms, *waited)
            left = len(pipe.pending)
            if left > _MOST_PENDING and (left < before or not wait_ms) and not last:
                return  # the reader is slow but reads, or the hidden thread will find that it does not: what is in the log stays there
        events, count = self.log.take()
        self._announce()
        if len(pipe.pending) > _MOST_PENDING:
            self.dropped += count
            if count:
                self.gaps.count("other", count, "the reader of the trace was too slow", min(memoryview(events).cast("Q")[::4]))
            events = b""
        for start in range(0, len(events), _BATCH_BYTES):
            pipe.add(BATCH, events[start : start + _BATCH_BYTES])
        self.appended += count
        self._outputs()
        for gap in self.gaps.take(real.monotonic_ns(), self.objects.announced, last=last):
            pipe.add(GAP, gap)
        pipe.push(wait_ms, *waited)

    def _announce(self) -> None:
        """Each is marked as announced only once it is queued: an error in between announces it the next time."""
        add, texts, objects, threads = self.pipe.add, self.texts, self.objects, self.threads
        while texts.announced < len(texts.entries):
            number = texts.announced
            add(TEXT, TEXT_HEAD.pack(number + 1) + texts.entries[number].encode(errors="replace")[:1000])
            texts.announced += 1
        while objects.announced < len(objects.entries):
            number = objects.announced
            add(OBJECT, objects.entries[number].definition(number + 1))
            objects.announced += 1
        while threads.announced < len(threads.entries):
            number = threads.announced
            add(THREAD, threads.entries[number].definition(number))
            threads.announced += 1

    def _outputs(self) -> None:
        """Adjoining pieces of one thread and stream go as one record."""
        sayings, self.sayings = self.sayings, []
        self.unsaid = 0
        at = 0
        while at < len(sayings):
            time, thread, stream, data = sayings[at]
            at += 1
            while at < len(sayings) and sayings[at][1:3] == (thread, stream):
                data += sayings[at][3]
                at += 1
            head = OUTPUT_HEAD.pack(time, thread, stream, 0)
            while data:
                cut = whole_letters(data, PAYLOAD_BYTES - len(head))
                self.pipe.add(OUTPUT, head + data[:cut])
                data = data[cut:]

    def close(self, outcome: str, exit_code: int) -> None:
        """The last record; nothing is recorded after it."""
        if not self.on or not self.writing.acquire(True, 5.0):
            return
        try:
            for word in self.last_words:
                word()
            self._write(200, last=True)
            if not self.pipe.alive:
                self.on = False
                self._rescue()
                return
            callbacks = self.callbacks + self.appended
            table = {"outcome": outcome, "error": self.error[:200], "message": self.message[:1000], "trace": self.trace[-3000:],
                     "exit_code": exit_code, "callbacks": callbacks, "callback_ns": min(callbacks * 700, 86_000_000_000_000)}
            payload = real.json_text(table).encode()
            if len(payload) > PAYLOAD_BYTES:
                table["trace"] = self.trace[-300:].encode("ascii", "replace").decode()
                table["message"] = self.message[:500].encode("ascii", "replace").decode()
                payload = real.json_text(table).encode()
            self.pipe.add(CLOSE, payload)
            self.pipe.push(2000)
            self.on = False
        except Exception:
            self.on = False
            self._rescue()
            raise
        finally:
            self.writing.release()

    def stop(self, reason: str) -> None:
        """No recording from here on; the program goes on as if there had been none."""
        if not self.on:
            return
        self.append = _nothing
        if self.pipe.alive and self.failures:
            since_ns = real.monotonic_ns()
            self.gaps.say(reason, since_ns)
            self.last_words.append(lambda: self.gaps.say(reason, since_ns))
        else:
            self.on = False
        for ending in self.endings:
            ending()
        self.endings.clear()
        if not self.on:
            self._rescue()

    def _rescue(self) -> None:
        """What was printed and not yet sent goes to the descriptors."""
        sayings, self.sayings = self.sayings, []
        for _, _, stream, data in sayings:
            write_all(stream, data)


def _nothing(_words: tuple[int, int, int, int]) -> None:
    return


def microseconds(seconds: object) -> int:
    """A timeout as an event carries it: 0 for none, never 0 for one."""
    if isinstance(seconds, (int, float)) and seconds > 0:
        return min(max(1, int(min(seconds, 5000) * 1e6)), _MOST_U32)
    return 0
