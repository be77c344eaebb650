"""Who could have ended a wait, by what it did before: set the event, put an item, gave a permit back; and why it will not do so again."""

from __future__ import annotations

from collections import Counter

from playground.diagnosis.names import Names
from playground.diagnosis.speaking import speaking
from playground.diagnosis.waits import Wait, WaitsForGraph
from playground.diagnosis.words import NEVER_DONE, NOBODY_LEFT, NOBODY_RELEASES, PROVIDES, where
from playground.model.event import KIND_ID, KINDS, Batch
from playground.model.record import Gap, Record

_ENDS = {KIND_ID[kind]: waits for kind, (waits, _) in PROVIDES.items()}
_TAKEN = KIND_ID["semaphore.acquired"]
_MOST, _TOLD = 20_000, 3


class Rescuers:
    """Fed the records of a trace; `why` answers for a wait that lasts for ever."""

    def __init__(self) -> None:
        self._did: dict[tuple[str, int], dict[int, tuple[int, int]]] = {}
        """By kind of wait and object: the threads that can end such a wait, with kind and line of what they did last."""
        self._took: dict[int, tuple[int, int]] = {}
        """By semaphore: who took its last permit, and where."""
        self._thinned = False

    def see(self, record: Record) -> None:
        """Remember who did what."""
        if isinstance(record, Gap):
            self._thinned |= record.hides_state
        if isinstance(record, Batch):
            for at in speaking(record.kind):
                kind = record.kind[at]
                if kind == _TAKEN and len(self._took) < _MOST:
                    self._took[record.obj[at]] = record.thread[at], record.line[at]
                if kind not in _ENDS:
                    continue
                key = _ENDS[kind], record.obj[at]
                if key in self._did or len(self._did) < _MOST:
                    self._did.setdefault(key, {})[record.thread[at]] = kind, record.line[at]

    def why(self, kind: str, obj: int, waits: dict[int, Wait], names: Names, graph: WaitsForGraph) -> list[str]:
        """Sentences that say why nobody will end this kind of wait for the object; `waits` are the threads that are stuck."""
        if kind not in NOBODY_LEFT:
            return []
        signal = kind == "semaphore.blocked" and obj in graph.signals
        said = [(NOBODY_RELEASES if signal else NOBODY_LEFT[kind]).format(obj=names.object(obj))]
        if kind == "barrier.waiting":
            return [*said, *self._parties(obj, waits, names)]
        if kind == "semaphore.blocked" and not signal:
            said += _permits(graph.permits.get(obj, Counter()), waits, names, graph)
        done = self._did.get((kind, obj), {})
        if not done and not self._thinned and (kind in NEVER_DONE or signal):
            said.append(NEVER_DONE.get(kind, "Nobody ever released it."))
        for thread, (did, line) in list(done.items())[:_TOLD]:
            fate = "has ended" if thread in graph.ended else "waits itself" if thread in waits else ""
            if fate and (kind != "semaphore.blocked" or signal):
                place = f" at line {line}" if line else ""
                what = "released it" if signal else PROVIDES[KINDS[did].name][1]
                said.append(f"{names.thread(thread)}, which {what}{place}, {fate}.")
        if signal and obj in self._took:
            thread, line = self._took[obj]
            said.append(f"{names.thread(thread)} took the last permit of it{where(line)}.")
        return said

    def _parties(self, obj: int, waits: dict[int, Wait], names: Names) -> list[str]:
        info = names.objects.get(obj)
        there = sum(1 for wait in waits.values() if wait.kind == "barrier.waiting" and wait.obj == obj)
        return [f"{there} of {info.capacity} have come."] if info is not None and info.capacity > there else []


def _permits(permits: Counter[int], waits: dict[int, Wait], names: Names, graph: WaitsForGraph) -> list[str]:
    """Who has the permits, and why they will not come back."""
    told = []
    for thread, count in list(permits.items())[:_TOLD]:
        if count > 0 and thread in graph.ended:
            told.append(f"{names.thread(thread)} ended with {'a permit' if count == 1 else f'{count} permits'} that it had not given back.")
        elif count > 0 and thread in waits:
            told.append(f"{names.thread(thread)} has {'one' if count == 1 else count} and waits itself.")
    return told
