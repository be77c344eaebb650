"""`threadplay check`: search for an interleaving that fails, and tell it so that a person understands it and a program can act on it."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from web.named import Usage, program_of, setting_of
from web.stopping import stopped_by_signals
from web.watching import Watching, plain_line

if TYPE_CHECKING:
    from playground import Explored, Failure, FailureStep, Finding, Host, RunSpec, SearchSpec

EXIT_CODES = {"clean": 0, "exception": 1, "deadlock": 1, "inconclusive": 3}
REFUSED = 4
MOST_STEPS, MOST_AFTER = 40, 6
_SETTLED = {True: "yes", False: "no", None: "not settled"}


def check(chosen: argparse.Namespace) -> int:
    """The command's exit code."""
    from playground import BadSpec, Host, RunSpec, SandboxRefused, SearchSpec, turn_knobs

    host = Host()
    try:
        source, name, knobs = program_of(chosen.program)
        spec = RunSpec(source=turn_knobs(source, dict(setting_of(each) for each in chosen.set), knobs), name=name, mode="controlled",
                       python=chosen.python, seed=chosen.seed, granularity=chosen.granularity)
        explored = _explored(host, SearchSpec(spec, chosen.strategy, chosen.max_executions, chosen.max_seconds))
        if chosen.format == "json":
            print(json.dumps(explored.to_row(), indent=1))
            if explored.report.reason:
                print(plain_line(f"threadplay: {explored.report.reason}."), file=sys.stderr)
        else:
            print("\n".join(map(plain_line, _told(explored, spec, chosen))))
    except BadSpec as problem:
        raise Usage(str(problem)) from None
    except SandboxRefused as problem:
        print(plain_line(f"threadplay: {problem}"), file=sys.stderr)
        return REFUSED
    finally:
        host.close()
    return EXIT_CODES[explored.report.verdict]


def _explored(host: Host, search: SearchSpec) -> Explored:
    """What the search came to, with its progress shown meanwhile; the first Ctrl-C ends it with what there is."""
    from playground import SandboxRefused
    from playground import record as kinds

    found: Explored | None = None
    watching = Watching(sys.stderr)
    with host.search(search) as session, stopped_by_signals(session.stop):
        for record in session:
            if isinstance(record, kinds.Progress):
                watching.show(record.executions, record.seconds, record.strategy)
            elif isinstance(record, kinds.End):
                watching.wipe()
                if found is None:
                    raise SandboxRefused(record.sentence)
            elif not isinstance(record, kinds.Record):
                found = record
    assert found is not None, "a search that was not refused has told what it came to"
    return found


def _told(explored: Explored, spec: RunSpec, chosen: argparse.Namespace) -> Iterator[str]:
    report = explored.report
    tries = f"{report.executions:,} execution{'' if report.executions == 1 else 's'} in {explored.seconds:.2f} s, switching at: {report.granularity}"
    failure = report.failure
    if report.verdict == "inconclusive":
        yield f"Inconclusive ({tries}): {report.reason}."
    elif failure is None:
        how = "Every interleaving was covered: none fails." if report.exhausted else "Not every interleaving is covered."
        yield f"No failure found ({tries}). {f'Not proved: {report.reason}.' if report.reason else how}"
    else:
        what = "Deadlock" if failure.kind == "deadlock" else f"{failure.error}{f': {failure.message}' if failure.message else ''}"
        yield f"FAILURE: {what} ({tries})"
        if failure.steps:
            yield from _shown(explored, failure, spec, chosen)


def _shown(explored: Explored, failure: Failure, spec: RunSpec, chosen: argparse.Namespace) -> Iterator[str]:
    if explored.finding is not None:
        yield from finding_lines(explored.finding)
    else:
        yield f"  Possible with the GIL: {_SETTLED[failure.possible_on.gil]}. Without it: {_SETTLED[failure.possible_on.free_threaded]}."
    yield ""
    yield f"The steps that matter ({_preempted(failure.preemptions)}):"
    yield from _steps(failure, spec.source.splitlines())
    yield ""
    yield f"Schedule: {failure.schedule}"
    settings = "".join(f" --set {shlex.quote(each)}" for each in chosen.set) + (f" --seed {chosen.seed}" if chosen.seed else "")
    yield f"Replay it: threadplay replay {shlex.quote(chosen.program)}{settings} --schedule '{failure.schedule}'"


def _preempted(count: int) -> str:
    times = {0: "nobody was stopped who could have gone on", 1: "one thread was stopped that could have gone on"}
    return times.get(count, f"{count} times a thread was stopped that could have gone on")


def _steps(failure: Failure, lines: list[str]) -> Iterator[str]:
    """A row for each step at a primitive or a shared thing, and for the last one of each stretch of one thread."""
    steps = failure.steps
    matter = [step for number, step in enumerate(steps)
              if _about(step.name, failure.objects) or step.at_primitive or number + 1 == len(steps) or steps[number + 1].thread != step.thread]
    matter, after = _until_the_failing_stand(matter, failure)
    width = max((len(step.thread_name) for step in matter), default=0)
    left_out = max(0, len(matter) - MOST_STEPS)
    if left_out:
        yield f"  ... {left_out} steps before ..."
    last = None
    for step in matter[left_out:]:
        who = step.thread_name if step.thread != last else ""
        last = step.thread
        yield f"  {who:{width}}  {_what(step):32}  {_where(step, lines)}".rstrip()
    if after:
        yield f"  ... {after} steps more, in which others go on ..."


def _about(name: str, objects: tuple[str, ...]) -> bool:
    """Whether that is one of the things, or lies in one (`row[1]` in `row`), or is an attribute of something unknown that one of them has (`.n`)."""
    if name[:1] == ".":
        return any(each.endswith(name) for each in objects)
    return any(name == each or name.startswith((f"{each}[", f"{each}.")) for each in objects)


def _until_the_failing_stand(steps: list[FailureStep], failure: Failure) -> tuple[list[FailureStep], int]:
    """The steps until all who fail stand where they stay, and how many more there are, where those are many."""
    last = max((number for number, step in enumerate(steps) if step.thread_name in failure.threads), default=len(steps))
    more = len(steps) - last - 1
    return (steps[: last + 1], more) if more > MOST_AFTER else (steps, 0)


def _what(step: FailureStep) -> str:
    return f"{step.kind} {step.name}".strip()


def _where(step: FailureStep, lines: list[str]) -> str:
    if not 0 < step.line <= len(lines):
        return ""
    return f"line {step.line}: {lines[step.line - 1].strip()[:80]}"


def finding_lines(finding: Finding) -> Iterator[str]:
    """What was found, as people read it; where it can happen comes last."""
    yield ""
    yield finding.title
    yield from (f"  {sentence}" for sentence in finding.story)
    if finding.fix:
        yield f"  To mend it: {finding.fix}"
    yield f"  Possible with the GIL: {_SETTLED[finding.possible_on.gil]}. Without it: {_SETTLED[finding.possible_on.free_threaded]}."
