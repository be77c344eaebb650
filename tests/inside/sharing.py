"""Small programs of two threads that share something, and the set of what they come to.

They lie in ordinary/*.txt and odd/*.txt, each behind a line `=== name`.
"""

from __future__ import annotations

from pathlib import Path

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.execution import Execution
from playground.search.strategy import Strategy

TWO = """
import threading
def _go(*bodies):
    threads = [threading.Thread(target=body) for body in bodies]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
"""


def programs(folder: str) -> dict[str, str]:
    """The whole text of each program in that folder, by name."""
    files = sorted((Path(__file__).parent / folder).glob("*.txt"))
    parts = [part.partition("\n") for file in files for part in file.read_text().split("=== ")[1:]]
    return {name: TWO + text for name, _, text in parts}


def outcomes(source: str, granularity: str, strategy: Strategy, most: int) -> tuple[set[tuple[str, str, str]], set[str]]:
    """How the executions ended (verdict, error, sorted lines of output), and why they prove nothing."""
    execution = Execution(source, "program.py", granularity, Greenlets())
    seen: set[tuple[str, str, str]] = set()
    unproven: set[str] = set()
    try:
        while most and strategy.begin():
            most -= 1
            outcome = execution.run(strategy)
            if outcome.verdict != "pruned":
                last = outcome.output if outcome.verdict == "clean" else ""
                seen.add((outcome.verdict, outcome.error, "\n".join(sorted(last.splitlines()))))
            unproven.update(outcome.unproven)
    finally:
        execution.close()
    return seen, unproven
