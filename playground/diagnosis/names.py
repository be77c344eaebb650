"""The cast of a trace: what its threads, objects and texts are called, so that a story can use the program's own names."""

from __future__ import annotations

from collections import OrderedDict

from playground.model.record import ObjectInfo, Record, Text, ThreadInfo

MOST_OBJECTS = 50_000
MOST_TEXTS = 2_000
"""A hostile trace may announce a million; the stories of a run need the recent ones."""


class Names:
    """Fed every record; answers with a name, or with a plain word where none is known."""

    def __init__(self) -> None:
        self.threads: dict[int, ThreadInfo] = {}
        self.objects: dict[int, ObjectInfo] = {}
        self._texts: OrderedDict[int, str] = OrderedDict()

    def see(self, record: Record) -> None:
        """Remember who is who."""
        match record:
            case ThreadInfo():
                self.threads[record.thread] = record
            case ObjectInfo() if len(self.objects) < MOST_OBJECTS:
                self.objects[record.obj] = record
            case Text():
                self._texts[record.id] = record.text
                if len(self._texts) > MOST_TEXTS:
                    self._texts.popitem(last=False)
            case _:
                pass

    def thread(self, number: int) -> str:
        """A thread's name."""
        info = self.threads.get(number)
        return info.name if info else f"thread {number}"

    def object(self, number: int) -> str:
        """An object's name; of a thread, the thread's."""
        info = self.objects.get(number)
        return info.name if info and info.name else f"object {number}"

    def primitive(self, number: int) -> str:
        """What kind of thing it is (`Lock`)."""
        info = self.objects.get(number)
        return info.primitive if info else ""

    def text(self, number: int) -> str:
        """The text of a note."""
        return self._texts.get(number, "")


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
