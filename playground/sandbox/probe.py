"""The examination behind `doctor`: start the real interpreter behind the real walls, attack them from inside, say what held."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from playground.model.errors import PlaygroundError, SandboxRefused
from playground.sandbox.policy import Policy
from playground.sandbox.report import Attack, Layer, Report, RuntimeReport
from playground.sandbox.zygote import Interpreter, Zygote

ATTACKS = "playground.sandbox.attacks"
PROBE_S = 20.0


def examine(interpreters: Sequence[Interpreter], *, tier: str | None = None) -> Report:
    """Probe the first interpreter thoroughly and the others for use. `tier` examines that tier only. Never raises for what is missing."""
    if not interpreters:
        return Report("D", "There is no CPython 3.13 or newer here.", (), (), (), ("Install CPython 3.13 or newer.",))
    zygote = Zygote(interpreters[0], tier=tier, preload=ATTACKS)
    problem = ""
    attacks: tuple[Attack, ...] = ()
    try:
        attacks = _attack(zygote)
    except PlaygroundError as error:
        problem = str(error)
    finally:
        found, held_tier, reason, mend = zygote.found, zygote.tier, zygote.reason, zygote.mend
        zygote.close()
    won = [attack.name for attack in attacks if not attack.stopped]
    if won:
        held_tier, reason = "D", f"The walls did not stop: {', '.join(won)}."
    elif problem and held_tier in ("", "A", "C"):
        held_tier, reason = "D", reason if held_tier == "" and reason else problem
    first = RuntimeReport(interpreters[0].name, _version(interpreters[0]), _gil(interpreters[0]), held_tier != "D", problem)
    others = [_try(each, tier) for each in interpreters[1:]]
    return Report(held_tier, reason, found, attacks, (first, *others), _mends(found, mend))


def _attack(zygote: Zygote) -> tuple[Attack, ...]:
    """Run the attacks in a cell; an incomplete list is an error."""
    zygote.start()
    facts = {"zygote": zygote.pid, "application": __file__}
    cell = zygote.open_cell(Policy(wall_s=PROBE_S, sample=False), json.dumps(facts).encode())
    lines = b""
    deadline = time.monotonic() + PROBE_S
    try:
        while not cell.over and time.monotonic() < deadline:
            lines += b"".join(data for channel, data in cell.chunks(1.0) if channel == "events")
        cell.kill("the probe is over")
        while not cell.over:
            cell.chunks(0.1)
        outcome = cell.exit()
    finally:
        cell.close()
    attacks = tuple(Attack(str(name), bool(stopped), str(answer)) for name, stopped, answer in map(json.loads, lines.splitlines()))
    if outcome.reason != "ended" or outcome.status or not attacks:
        raise SandboxRefused(f"The probe did not end well: {outcome.reason}, status {outcome.status}, signal {outcome.signal}.")
    return attacks


def _try(interpreter: Interpreter, tier: str | None) -> RuntimeReport:
    """Whether a zygote of this interpreter starts and its walls hold."""
    zygote = Zygote(interpreter, tier=tier, preload=ATTACKS)
    try:
        won = [attack.name for attack in _attack(zygote) if not attack.stopped]
        problem = f"the walls did not stop: {', '.join(won)}" if won else ""
    except PlaygroundError as error:
        problem = str(error)
    finally:
        zygote.close()
    return RuntimeReport(interpreter.name, _version(interpreter), _gil(interpreter), not problem, problem)


def _mends(found: Sequence[Layer], mend: str) -> tuple[str, ...]:
    """What to do, each once: for the tier first, then for the layers that are only good to have."""
    wanted = [mend] if mend else []
    wanted += [layer.mend for layer in found if not layer.held and layer.mend not in mend]
    return tuple(dict.fromkeys(wanted))


def _version(interpreter: Interpreter) -> str:
    return str(getattr(interpreter, "version", ""))


def _gil(interpreter: Interpreter) -> bool:
    return bool(getattr(interpreter, "gil", True))
