"""From the channels of a cell to the records of a trace: decode, merge, count, ask the detectors. No clock of its own: time is given.

The three channels are `events` (claims of the recorder), `samples` (facts of the sampler) and `stdout`/`stderr` (bytes written past Python's
streams). A break of the record protocol ends the trace, not the run: what is printed is shown all the same. A detector that fails is dropped and
reported, and the run goes on.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from playground.diagnosis import DETECTORS
from playground.diagnosis.detector import Detector
from playground.diagnosis.names import Names
from playground.ending import Account
from playground.merger import Merger
from playground.model.errors import ProtocolError
from playground.model.event import KIND_ID, Batch
from playground.model.finding import Finding
from playground.model.record import (
    Choices,
    Claim,
    Close,
    Code,
    Decoder,
    Facts,
    Found,
    Gap,
    Hello,
    ObjectInfo,
    Output,
    Progress,
    Record,
    ReportPart,
    Text,
    ThreadInfo,
)
from playground.model.spec import RunSpec
from playground.sampling import Sample, SampleReader

MOST_TEXT_BYTES = 16 * 1024 * 1024
"""Texts and names of one run: what is beyond it would live on in every reader's memory."""
MOST_GAPS = 2_000
"""Gaps of one run that the recorder may claim: it writes five a second, and no run lasts longer than 120 s."""
_CLAIM = 20
"""What a claim counts that brings no names along: letters for each, so that no kind of claim can come without end."""
_CRASHED = KIND_ID["thread.crashed"]
_STREAMS = {"stdout": 1, "stderr": 2}
_UNWATCHED = -1


class Reading:
    """The trace of one run as it grows. `limit` names a limit of the spec that the trace itself has reached ("" while it has not)."""

    def __init__(self, spec: RunSpec, *, python: str, gil: bool, started_ns: int,
                 detectors: Sequence[Callable[[RunSpec], Detector]] = DETECTORS) -> None:
        self.limit = ""
        self.lost = ""
        self.close: Close | None = None
        self.deadlock: Finding | None = None
        self.last_sign_ns = started_ns
        self.sampled = False
        self._limits = spec.limits
        self._fallback = Hello(python, gil, started_ns)
        self._record = spec.record
        self._hello: Hello | None = None
        self._early: list[tuple[str, bytes]] = []
        self._decoder, self._samples = Decoder(), SampleReader()
        self._merger = Merger()
        self._text = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in _STREAMS}
        self._detectors = [make(spec) for make in detectors]
        self._names = Names()
        self._crashes, self._first_crash = 0, ""
        self._gaps = self._claimed_gaps = self._not_recorded = self._text_bytes = 0
        self._seen: set[int] = set()
        self._most_threads = 0
        self._output_left = spec.limits.output_kb * 1024

    def take(self, chunks: Sequence[tuple[str, bytes]], now_ns: int) -> Iterator[Record]:
        """What these chunks say. Samples go first: they are older than the facts that come with them."""
        for channel, data in sorted(chunks, key=_samples_first):
            if channel == "samples":
                self.sampled = True
                self._merger.sample(self._counted(self._samples.feed(data)))
            elif channel == "events":
                yield from self._events(data, now_ns)
            elif self._hello is None and self._record:
                self._early.append((channel, data))
                self.limit = self.limit or ("output_kb" if sum(len(each) for _, each in self._early) > self._output_left else "")
            else:
                yield from self._greet(self._fallback)
                yield from self._written(channel, data, now_ns)

    def tick(self, now_ns: int) -> Iterator[Record]:
        """Time has passed: samples that waited for the recorder are due, and silence itself may prove something."""
        if self._hello is None:
            return
        until_ns = now_ns - self._merger.hold_ns
        yield from self._batch(self._merger.settle(until_ns))
        at_ns = until_ns - self._hello.origin_ns
        yield from self._ask(lambda detector: detector.quiet(at_ns), at_ns)

    def finish(self, now_ns: int, cut_off: str) -> Iterator[Record]:
        """The process is gone. `cut_off`: why its last moments are missing ("" if they are not)."""
        yield from self._greet(self._fallback)
        yield from self._release_early(now_ns)
        for channel in _STREAMS:
            yield from self._written(channel, b"", now_ns, final=True)
        at_ns = self._since_start(now_ns)
        if cut_off:
            from_ns = min(at_ns, self._since_start(max(self.last_sign_ns, now_ns - self._merger.hold_ns)))
            yield from self._gap(Gap(from_ns, at_ns, {}, (), (), cut_off))
        yield from self._batch(self._merger.close(now_ns))
        yield from self._ask(lambda detector: detector.end(at_ns), at_ns)

    def account(self, now_ns: int, living: dict[int, int]) -> Account:
        """What the trace came to; `living` are the states of the threads just before the end."""
        return Account(self.close, self.lost, self._crashes, self._first_crash, self._merger.events, self._gaps, self._not_recorded,
                       len(self._names.threads), self._most_threads, self._since_start(now_ns), living)

    def living(self) -> dict[int, int]:
        """The state of each thread that has not ended."""
        return self._merger.living()

    def stands_still(self) -> bool:
        """A certain deadlock holds every thread that lives, and the sampler, where there is one, sees none of them move."""
        found = self.deadlock
        return found is not None and set(found.threads) >= self.living().keys() and (not self.sampled or self._merger.still())

    def believe(self, claims: Iterable[Claim], now_ns: int) -> Iterator[Record]:
        """What these decoded claims say; the ProtocolError that their iterator may raise ends the trace."""
        if self.lost:
            return
        try:
            for claim in claims:
                yield from self._claim(claim, now_ns)
        except ProtocolError as error:
            self.lost = str(error)
            yield from self._greet(self._fallback)
            at_ns = self._since_start(now_ns)
            yield from self._gap(Gap(min(at_ns, self._since_start(self.last_sign_ns)), at_ns, {}, (), (), f"Trace lost: {error}"))

    def salvage(self, outputs: Iterable[Output], now_ns: int) -> Iterator[Record]:
        """What was found to be printed where there is no trace."""
        for output in outputs:
            yield from self._printed(now_ns, _UNWATCHED, output.stream, output.text)

    def _events(self, data: bytes, now_ns: int) -> Iterator[Record]:
        if not self.lost:
            with closing(self._decoder.feed(data)) as claims:
                yield from self.believe(claims, now_ns)
            data = b""
        if self.lost:
            yield from self.salvage(self._decoder.salvage(data), now_ns)

    def _counted(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """The samples; how many threads lived at once is the sampler's to say, not the program's."""
        for sample in samples:
            if sample.state:
                self._seen.add(sample.tid)
                self._most_threads = max(self._most_threads, len(self._seen))
            else:
                self._seen.discard(sample.tid)
            yield sample

    def _claim(self, claim: Claim, now_ns: int) -> Iterator[Record]:
        self.last_sign_ns = now_ns
        match claim:
            case Hello():
                yield from self._greet(claim)
                yield from self._release_early(now_ns)
            case Facts():
                yield from self._batch(self._merger.facts(claim, now_ns))
            case Close():
                self._keep(_CLAIM)
                self.close = claim
            case Output():
                self._keep(_CLAIM)
                yield from self._printed(min(claim.at_ns, now_ns), claim.thread, claim.stream, claim.text)
            case ReportPart():
                self._keep(_CLAIM + len(claim.data))
            case Progress():
                raise ProtocolError("A run that is no search claims progress.")
            case Choices() | Code():
                self._keep(_letters(claim))
                yield from self._tell(claim)
            case Gap():
                self._claimed_gaps += 1
                if self._claimed_gaps > MOST_GAPS:
                    raise ProtocolError("The trace has more gaps than a recorder can have.")
                yield from self._gap(Gap(self._since_start(min(claim.from_ns, now_ns)), self._since_start(min(claim.to_ns, now_ns)), claim.counts,
                                         claim.threads, claim.objects, claim.reason))
            case _:
                yield from self._introduce(claim)

    def _introduce(self, claim: Text | ThreadInfo | ObjectInfo) -> Iterator[Record]:
        self._names.see(claim)
        if isinstance(claim, ThreadInfo):
            self._merger.meet(claim)
        self._keep(len(claim.text) if isinstance(claim, Text) else len(claim.name) + 100)
        yield from self._tell(claim)

    def _keep(self, letters: int) -> None:
        self._text_bytes += letters
        if self._text_bytes > MOST_TEXT_BYTES:
            raise ProtocolError("The trace holds more names and texts than can be kept.")

    def _greet(self, hello: Hello) -> Iterator[Record]:
        """Hello is the first record, once; a run that never greets is greeted for."""
        if self._hello is not None:
            return
        self._hello = hello
        self._merger.set_out(hello.origin_ns, gil=hello.gil)
        yield from self._tell(hello)

    def _release_early(self, now_ns: int) -> Iterator[Record]:
        early, self._early = self._early, []
        for channel, data in early:
            yield from self._written(channel, data, now_ns)

    def _written(self, channel: str, data: bytes, now_ns: int, *, final: bool = False) -> Iterator[Record]:
        text = self._text[channel].decode(data, final)
        if text:
            yield from self._printed(now_ns, _UNWATCHED, _STREAMS[channel], text)

    def _printed(self, when_ns: int, thread: int, stream: int, text: str) -> Iterator[Record]:
        """The text, as far as the output limit allows."""
        data = text.encode(errors="replace")
        if len(data) > self._output_left:
            self.limit = self.limit or "output_kb"
            text = data[: self._output_left].decode(errors="ignore")
        self._output_left -= min(len(data), self._output_left)
        if text:
            yield from self._tell(Output(self._since_start(when_ns), thread, stream, text))

    def _gap(self, gap: Gap) -> Iterator[Record]:
        self._gaps += 1
        self._not_recorded += sum(gap.counts.values())
        yield from self._tell(gap)

    def _batch(self, batch: Batch | None) -> Iterator[Record]:
        if batch is None:
            return
        at = batch.kind.find(_CRASHED)
        while at >= 0:
            self._note_crash(batch, at)
            at = batch.kind.find(_CRASHED, at + 1)
        if self._merger.events > self._limits.events:
            self.limit = self.limit or "events"
        yield from self._tell(batch)

    def _note_crash(self, batch: Batch, at: int) -> None:
        self._crashes += 1
        if not self._first_crash:
            where = f" at line {batch.line[at]}" if batch.line[at] else ""
            what = self._names.text(batch.note[at]) or "an exception"
            self._first_crash = f"{self._names.thread(batch.thread[at])} crashed{where} with {what}".rstrip(".") + "."

    def _tell(self, record: Record) -> Iterator[Record]:
        """The record, then what the detectors make of it."""
        yield record
        at_ns = record.at_ns[-1] if isinstance(record, Batch) else 0
        yield from self._ask(lambda detector: detector.see(record), at_ns)

    def _ask(self, question: Callable[[Detector], Sequence[Finding]], at_ns: int) -> Iterator[Record]:
        for detector in list(self._detectors):
            try:
                findings = question(detector)
            except Exception as error:  # noqa: BLE001 - a watcher that fails is dropped and reported; it never ends the run (STYLE 17)
                self._detectors.remove(detector)
                name = type(detector).__name__
                yield from self._gap(Gap(at_ns, at_ns, {}, (), (), f"The detector {name} failed ({type(error).__name__}) and was dropped."))
                continue
            for finding in findings:
                if finding.kind == "deadlock" and finding.certain:
                    self.deadlock = finding
                yield Found(at_ns, finding)

    def _since_start(self, at_ns: int) -> int:
        return max(0, at_ns - (self._hello or self._fallback).origin_ns)


def _letters(claim: Choices | Code) -> int:
    """What the claim's own words take, about."""
    match claim:
        case Choices():
            return sum(40 + 2 * len(choice.ready) + sum(len(stand.name) + 40 for stand in choice.stands)
                       + sum(len(value.name) + len(value.text) for value in choice.values) for choice in claim.choices)
        case Code():
            return sum(40 + len(argument) for _, _, argument, _ in claim.ops)


def _samples_first(chunk: tuple[str, bytes]) -> bool:
    return chunk[0] != "samples"
