"""The state palette can be read by everybody: contrast in both themes, and states apart under three colour-vision deficiencies.

Formulas: WCAG 2.2 relative luminance and contrast ratio; Machado, Oliveira and Fernandes 2009 (severity 1.0) for the deficiencies, on linear
RGB; CIE 1976 colour difference in Lab.
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parent.parent / "static" / "css" / "tokens.css").read_text()
STATES = ("new", "ready", "running", "gil", "blocked", "sleeping", "io", "done", "crashed")
PATTERNS = {"new": "dotted line", "ready": "outline", "running": "solid", "gil": "hatch", "blocked": "cross-hatch", "sleeping": "dots", "io": "waves",
            "done": "line", "crashed": "cross"}
DEFICIENCIES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
JUST_APART = 10.0
Colour = tuple[float, float, float]


def theme(name: str) -> dict[str, str]:
    light, dark = re.search(r":root \{(.*?)\n\}", TOKENS, re.S), re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', TOKENS, re.S)
    assert light is not None
    assert dark is not None
    values = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light[1]))
    return values | (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", dark[1])) if name == "dark" else {})


def linear(text: str) -> Colour:
    channels = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((sum(c * w for c, w in zip(linear(each), (0.2126, 0.7152, 0.0722), strict=True)) for each in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour: Colour) -> Colour:
    red, green, blue = (min(1.0, max(0.0, c)) for c in colour)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (c ** (1 / 3) if c > 216 / 24389 else (24389 / 27 * c + 16) / 116 for c in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: str, deficiency: str) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in DEFICIENCIES[deficiency])
    return lab((red, green, blue))


def apart(one: str, other: str, deficiency: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, deficiency), seen(other, deficiency), strict=True)) ** 0.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_state_word_is_readable_on_its_ground_and_on_the_panel(name: str, state: str) -> None:
    tokens = theme(name)
    for ground in (f"{state}-soft", "panel"):
        assert contrast(tokens[f"{state}-text"], tokens[ground]) >= 4.5, ground


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_state_mark_stands_out_from_the_panel(name: str, state: str) -> None:
    tokens = theme(name)
    assert contrast(tokens[state], tokens["panel"]) >= 3.0


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_and_controls_are_readable(name: str) -> None:
    tokens = theme(name)
    for ink in ("ink", "ink-2", "ink-3", "accent"):
        for ground in ("bg", "panel"):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
    assert contrast(tokens["line-3"], tokens["panel"]) >= 3.0
    assert contrast(tokens["primary-ink"], tokens["primary"]) >= 4.5
    assert min(contrast(tokens[f"id-{number}"], tokens["id-ink"]) for number in range(8)) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_states_that_look_alike_differ_in_pattern(name: str, deficiency: str) -> None:
    tokens = theme(name)
    close = [(one, other) for one, other in combinations(STATES, 2) if apart(tokens[one], tokens[other], deficiency) < JUST_APART]
    assert [pair for pair in close if PATTERNS[pair[0]] == PATTERNS[pair[1]]] == []


def test_every_state_has_a_pattern_of_its_own_in_the_drawing() -> None:
    assert len(set(PATTERNS.values())) == len(STATES)
    drawing = (Path(__file__).resolve().parent.parent / "static" / "js" / "draw" / "patterns.js").read_text()
    painters = re.search(r"const PAINT = \{(.*?)\}", drawing, re.S)
    assert painters is not None
    for state in ("NEW", "DONE", "READY", "BLOCKED", "CRASHED"):
        assert f"[{state}]" in painters[1], state
