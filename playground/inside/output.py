"""What the program prints, with the thread that printed it.

`sys.stdout` is a real TextIOWrapper over a small binary stream whose `write` becomes an OUTPUT record, so `print`, `flush`, `encoding`,
`errors`, `reconfigure` and `sys.stdout.buffer` behave as ever. Each `write` is passed on at once: text that waited in a buffer shared by all threads
would be attributed to whoever flushes. When the pipe is gone, everything goes to descriptors 1 and 2.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from playground.inside import real
from playground.inside.pipe import write_all
from playground.inside.recorder import Recorder

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__builtins__ = real.builtins
STDOUT, STDERR = 1, 2
_HERE = __file__.rpartition("/")[0]


class Channel(io.BufferedIOBase):
    """The binary stream beneath `sys.stdout` or `sys.stderr`."""

    mode = "wb"

    def __init__(self, stream: int, name: str, recorder: Recorder) -> None:
        self._stream = stream
        self._recorder = recorder
        self._say: Callable[[int, bytes], bool] = recorder.say
        self._show: Callable[[], None] = recorder.show
        self.name = name

    @property
    def raw(self) -> Channel:
        """Nothing is buffered: the stream is its own raw stream."""
        return self

    def writable(self) -> bool:
        """Always, until closed."""
        return not self.closed

    def fileno(self) -> int:
        """The descriptor that plain CPython would write to."""
        return self._stream

    def isatty(self) -> bool:
        """A pipe, as in any pipeline."""
        return False

    def write(self, data: ReadableBuffer, /) -> int:
        """Pass the bytes on, as said by the calling thread."""
        if self.closed:
            raise ValueError("write to closed file")
        text = bytes(data)
        if text and not self._said(text):
            if self._recorder.leaving and self._recorder.me() < 0:
                _hang()
            write_all(self._stream, text)
        return len(text)

    def _said(self, text: bytes) -> bool:
        """Whether the recorder took it; one that the program has broken takes nothing more."""
        try:
            return self._say(self._stream, text)
        except Exception as error:
            if not _is_ours(error):
                raise
            return False

    def flush(self) -> None:
        """What was printed so far is seen even if the program dies of its next step."""
        super().flush()
        try:
            self._show()
        except Exception as error:
            if not _is_ours(error):
                raise

    def close(self) -> None:
        """Close the stream, not the descriptor."""
        super().close()


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised by the recorder alone, with no code of the program's in between (a signal handler's, say)."""
    trace = real.traceback_of(error)
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_HERE):
            return False
        trace = trace.tb_next
    return True


def _hang() -> None:
    """The program is over, and the end only waits for its reader: of a daemon that comes to print then nothing is heard in CPython either."""
    never = real.allocate_lock()
    never.acquire()
    never.acquire()


def take_over(recorder: Recorder) -> None:
    """Put the recorded streams in place, and a stdin that reads descriptor 0."""
    sys.stdout = sys.__stdout__ = _text(Channel(STDOUT, "<stdout>", recorder), "strict")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(Channel(STDERR, "<stderr>", recorder), "backslashreplace")  # type: ignore[misc]
    try:
        stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), encoding="utf-8", errors="strict")
    except OSError:
        return
    sys.stdin = sys.__stdin__ = stdin  # type: ignore[misc]


def _text(channel: Channel, errors: str) -> io.TextIOWrapper:
    text = io.TextIOWrapper(channel, encoding="utf-8", errors=errors, newline="\n", write_through=True)
    text.mode = "w"  # type: ignore[misc]
    return text
