"""The `threadplay` command: run, check and replay programs, list the scenarios, examine this machine, serve the page.

Exit codes: 0 ended cleanly, 1 the program failed, 2 usage, 3 stopped (at a limit, or by hand), 4 the sandbox refused.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from web.named import Usage, program_of, setting_of
from web.stopping import stopped_by_signals
from web.watching import plain_line

if TYPE_CHECKING:
    from playground import End, Record, RunSpec

USAGE = 2
_ONLY_CONTROLLED = ("schedule", "granularity")


def main(arguments: list[str] | None = None) -> int:
    """The command's exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.verb(chosen))
    except Usage as problem:
        print(plain_line(f"threadplay: {problem}"), file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        _forget_stdout()
        return 3
    except OSError as problem:
        _forget_stdout()
        print(f"threadplay: this could not be carried out: {problem}.", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130


# --- run -----------------------------------------------------------------------------------------------------------------------


def run(chosen: argparse.Namespace) -> int:
    """Run one program behind the walls; its output passes through, or its trace is written."""
    if chosen.mode not in ("free", "controlled"):
        raise Usage(f"There is no mode {chosen.mode!r}. There are: free, controlled.")
    for option in _ONLY_CONTROLLED:
        if chosen.mode == "free" and getattr(chosen, option) is not None:
            raise Usage(f"--{option} belongs to controlled mode: add --mode controlled.")
    if chosen.mode == "controlled" and chosen.no_record:
        raise Usage("--no-record belongs to free mode; a controlled run is its record.")
    from playground import BadSpec, Host

    host = Host()
    try:
        spec = _spec(chosen)
        out = _output(chosen.output)
        try:
            session = host.open(spec)
            with stopped_by_signals(session.stop), session:
                return _tell(session, chosen.format, out)
        finally:
            if out is not sys.stdout.buffer:
                out.close()
    except BadSpec as problem:
        raise Usage(str(problem)) from None
    finally:
        host.close()


def _spec(chosen: argparse.Namespace) -> RunSpec:
    from playground import RunSpec, turn_knobs

    source, name, knobs = program_of(chosen.program)
    values = dict(setting_of(each) for each in chosen.set)
    limits = RunSpec("").limits if chosen.timeout is None else replace(RunSpec("").limits, wall_s=chosen.timeout, cpu_s=chosen.timeout)
    schedule = _schedule(chosen)
    return RunSpec(source=turn_knobs(source, values, knobs), name=name, mode=chosen.mode, python=chosen.python, seed=chosen.seed,
                   record=not chosen.no_record, granularity=chosen.granularity or "access", schedule=schedule, limits=limits)


def _schedule(chosen: argparse.Namespace) -> str:
    """The schedule that was given ("": none was)."""
    if chosen.schedule is None:
        return ""
    text = str(chosen.schedule).strip()
    if not text:
        raise Usage("The schedule is empty. Copy the whole text that starts with tp1;.")
    if chosen.granularity is not None and text.count(";") and text.split(";")[1] != chosen.granularity:
        raise Usage("The schedule is of another granularity than --granularity. Leave that out: the schedule says it.")
    return text


def _output(name: str | None) -> IO[bytes]:
    if name is None or name == "-":
        return sys.stdout.buffer
    try:
        return open(name, "wb")
    except OSError as problem:
        raise Usage(f"{name} cannot be written: {problem.strerror}.") from None


def _tell(session: Iterable[Record], form: str, out: IO[bytes]) -> int:
    """Write the records in that form as they come; the End record's exit code."""
    watched = _Watched(session)
    if form == "text":
        _text(watched, out)
    elif form == "jsonl":
        from playground import jsonl

        for line in jsonl(watched):
            out.write(line.encode() + b"\n")
            if watched.fresh:
                watched.fresh = False
                out.flush()
    else:
        from playground import perfetto

        out.write(perfetto(watched).encode() + b"\n")
    out.flush()
    return watched.exit_code


class _Watched:
    """Passes records on and keeps the last one's exit code; `fresh`: a new record was taken since somebody looked."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self.exit_code = 0
        self.fresh = False

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.fresh = True
            yield record
            self.exit_code = getattr(record, "exit_code", 0)


def _text(records: Iterable[Record], out: IO[bytes]) -> None:
    """The program's own output, live and as it is; at the end, on stderr, what was found and how it ended."""
    from playground import record as kinds
    from web.check import finding_lines

    said: list[str] = []
    ended_line = True
    for record in records:
        if isinstance(record, kinds.Output):
            stream = out if record.stream == 1 else sys.stderr.buffer
            stream.write(record.text.encode(errors="replace"))
            stream.flush()
            ended_line = record.text.endswith("\n")
        elif isinstance(record, kinds.End):
            out.flush()
            lines = [*said, *_closing(record)]
            print(("" if ended_line else "\n") + "\n".join(map(plain_line, lines)), file=sys.stderr, flush=True)
        elif (found := getattr(record, "finding", None)) is not None:
            said += finding_lines(found)


def _closing(end: End) -> Iterator[str]:
    yield end.sentence
    if end.not_recorded:
        yield f"{end.not_recorded:,} events were not recorded."
    if end.perturbed > 0.2:
        yield f"Recording took about {end.perturbed:.0%} of the program's CPU time (an estimate); unrecorded it may behave differently."


def _forget_stdout() -> None:
    """The reader of our output has gone: the interpreter must not try to flush into it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# --- check ---------------------------------------------------------------------------------------------------------------------


def check(chosen: argparse.Namespace) -> int:
    """Search for an interleaving that fails, and tell it."""
    from web import check as checking

    return checking.check(chosen)


# --- scenarios, doctor, serve --------------------------------------------------------------------------------------------------


def list_scenarios(chosen: argparse.Namespace) -> int:
    """The built-in programs."""
    from dataclasses import asdict

    from playground import scenarios

    if chosen.format == "json":
        print(json.dumps([{key: value for key, value in asdict(each).items() if key != "source"} for each in scenarios()], indent=1))
        return 0
    for each in scenarios():
        knobs = " ".join(knob.name for knob in each.knobs)
        print(f"{each.slug:22} {each.title}\n{'':22} {each.story}\n{'':22} knobs: {knobs or 'none'}")
    return 0


def doctor(chosen: argparse.Namespace) -> int:
    """What can run here, by a real probe run."""
    from dataclasses import asdict

    from playground import Host

    report = Host().report()
    usable = report.tier != "D"
    if chosen.format == "json":
        print(json.dumps({**asdict(report), "ok": usable}, indent=1))
        return 0 if usable else 4
    print(f"Tier {report.tier}: {report.reason}")
    for layer in report.layers:
        print(f"  {'holds  ' if layer.held else 'MISSING'} {layer.name}{f': {layer.reason}' if layer.reason else ''}")
    stopped = sum(attack.stopped for attack in report.attacks)
    print(f"Attacks of the probe: {stopped} of {len(report.attacks)} stopped.")
    for attack in report.attacks:
        if not attack.stopped:
            print(f"  NOT STOPPED {attack.name}: {attack.answer}")
    for runtime in report.runtimes:
        state = "usable" if runtime.usable else f"not usable: {runtime.reason}"
        print(f"Python {runtime.name} ({runtime.version}, {'GIL' if runtime.gil else 'free-threaded'}): {state}")
    for mend in report.mends:
        print(f"To mend: {mend}")
    return 0 if usable else 4


def serve(chosen: argparse.Namespace) -> int:  # noqa: RET503 - execv does not return
    """Become the web server."""
    for name in ("host", "port", "data"):
        value = getattr(chosen, name)
        if value is not None:
            os.environ[f"THREADPLAY_{name.upper()}"] = str(Path(value).absolute()) if name == "data" else str(value)
    from web.config import BadConfig, Config

    try:
        config = Config.from_environ()
    except BadConfig as problem:
        raise Usage(str(problem)) from None
    if chosen.show_config:
        print(json.dumps(config.settings(), indent=1) if chosen.format == "json" else config.show())
        return 0
    _check_place(config.data, config.host, config.port)
    settings = Path(__file__).with_name("gunicorn.conf.py")
    print(f"Threadplay is at http://{f'[{config.host}]' if ':' in config.host else config.host}:{config.port}/", file=sys.stderr, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", str(settings), "web:create_app()"])


def _check_place(data: Path, host: str, port: int) -> None:
    """Say before anything is announced that the directory cannot be written or the address cannot be had."""
    import socket
    import tempfile

    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as problem:
        raise Usage(f"The data directory {data} cannot be written: {problem.strerror}. Name another with --data.") from None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        raise Usage(f"{host}:{port} cannot be served: {problem.strerror}. Choose another with --host and --port.") from None


# --- the command line ----------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="threadplay", description="See real Python threads: run a program in a sandbox and watch every thread.",
                                     epilog="Exit codes: 0 ended cleanly, 1 the program failed, 2 usage, 3 stopped at a limit, 4 sandbox refused.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and leave")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    _run_parser(verbs.add_parser("run", help="run a program or a scenario", description="Run a program in the sandbox; record its threads."))
    _check_parser(verbs.add_parser("check", help="find an interleaving that fails", description="Search for an interleaving that fails."))
    _replay_parser(verbs.add_parser("replay", help="run one interleaving again", description="Run a program along a schedule."))
    listing = verbs.add_parser("scenarios", help="list the built-in programs", description="List the built-in programs.")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(verb=list_scenarios)
    examination = verbs.add_parser("doctor", help="examine this machine", description="Find out by a real probe run what can run here safely.")
    examination.add_argument("--format", choices=("text", "json"), default="text")
    examination.set_defaults(verb=doctor)
    server = verbs.add_parser("serve", help="serve the web page", description="Serve the page; everything that lasts lies in one directory.")
    server.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    server.add_argument("--port", type=int, help="port to listen on (default 8765)")
    server.add_argument("--data", metavar="DIR", help="directory for everything that lasts (also THREADPLAY_DATA)")
    server.add_argument("--show-config", action="store_true", help="print every setting and leave")
    server.add_argument("--format", choices=("text", "json"), default="text", help="how to print the settings")
    server.set_defaults(verb=serve)
    return parser


def _legend(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
    """Names and what they mean, as the page says it."""
    return f"{title}:\n" + "\n".join(f"  {name:9} {sentence}" for name, _, sentence in rows)


def _run_parser(parser: argparse.ArgumentParser) -> None:
    from playground import RunSpec

    granularities = [name for name, *_ in RunSpec.granularities]
    parser.add_argument("program", metavar="PROGRAM|SLUG|-", help="a Python file, a scenario's name, or - for standard input")
    parser.add_argument("--mode", default="free", metavar="MODE", help="free: the real scheduler (default); controlled: a schedule decides")
    parser.add_argument("--python", default="", metavar="NAME", help="the runtime, as `threadplay doctor` names it")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="turn a knob: replace the value of a top-level name")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of hashes and of random")
    parser.add_argument("--timeout", type=float, metavar="S", help="seconds of wall and CPU time the run may take (default 10)")
    parser.add_argument("--format", choices=("text", "jsonl", "perfetto"), default="text", help="what to write (default: the program's own output)")
    parser.add_argument("--output", metavar="FILE", help="where to write it (default: standard output)")
    parser.add_argument("--no-record", action="store_true", help="run it in the same walls without recording its lines and locks")
    parser.add_argument("--schedule", metavar="S", help="controlled: who runs when, as `threadplay check` prints it")
    parser.add_argument("--granularity", choices=granularities, help="controlled: where a thread may be stopped (default access)")
    parser.set_defaults(verb=run)


def _replay_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("program", metavar="PROGRAM|SLUG|-", help="a Python file, a scenario's name, or - for standard input")
    parser.add_argument("--schedule", required=True, metavar="S", help="who runs when: the text that starts with tp1;")
    parser.add_argument("--python", default="", metavar="NAME", help="the runtime, as `threadplay doctor` names it")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="turn a knob, as it was when the schedule was found")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of random, as it was when the schedule was found")
    parser.add_argument("--timeout", type=float, metavar="S", help="seconds of wall and CPU time the run may take (default 10)")
    parser.add_argument("--format", choices=("text", "jsonl", "perfetto"), default="text", help="what to write (default: the program's own output)")
    parser.add_argument("--output", metavar="FILE", help="where to write it (default: standard output)")
    parser.set_defaults(verb=run, mode="controlled", no_record=False, granularity=None)


def _check_parser(parser: argparse.ArgumentParser) -> None:
    from playground import RunSpec, SearchSpec

    strategies, granularities = ([name for name, *_ in legend] for legend in (SearchSpec.strategies, RunSpec.granularities))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n\n".join((_legend("strategies", SearchSpec.strategies), _legend("granularities: where a thread may be stopped",
                                                                                       RunSpec.granularities),
                                 "Exit codes: 0 no failure found, 1 failure found, 2 usage, 3 inconclusive, 4 sandbox refused."))
    parser.add_argument("program", metavar="PROGRAM|SLUG|-", help="a Python file, a scenario's name, or - for standard input")
    parser.add_argument("--strategy", choices=strategies, default="auto", help="how to search (default auto)")
    parser.add_argument("--granularity", choices=granularities, default="access", help="where a thread may be stopped (default access)")
    parser.add_argument("--python", default="", metavar="NAME", help="the runtime, as `threadplay doctor` names it")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="turn a knob: replace the value of a top-level name")
    parser.add_argument("--max-executions", type=int, default=10_000, metavar="N", help="stop after so many executions (default 10000)")
    parser.add_argument("--max-seconds", type=float, default=10.0, metavar="S", help="stop after so many seconds (default 10)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the search and of random")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to write (default: text to read)")
    parser.set_defaults(verb=check)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib import metadata

        try:
            version = metadata.version("threadplay")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        print(f"threadplay {version}")
        parser.exit(0)


if __name__ == "__main__":
    sys.exit(main())
