"""What the instruction works on before which a frame stands, found again without running any code: names, and attributes that lie in an object."""

from __future__ import annotations

import builtins
from types import FrameType
from typing import Any

from playground.inside.beneath.origin_of_values import Origin, Site, sites


def site_of(frame: FrameType) -> Site | None:
    """The instruction that a frame has reached, with the origins of its operands."""
    return next((site for site in sites(frame.f_code, frozenset()) if site.instruction.offset == frame.f_lasti), None)


def seen(origin: Origin, frame: FrameType) -> Any:
    """The value of that origin as it can be found now; None where it cannot."""
    if origin.how == "local" or origin.how == "cell":
        return frame.f_locals.get(origin.name)
    if origin.how == "global":
        return frame.f_globals.get(origin.name, vars(builtins).get(origin.name))
    if origin.how == "attr" and origin.of is not None:
        owner = seen(origin.of, frame)
        space = getattr(owner, "__dict__", None) if owner is not None else None
        return space.get(origin.name) if type(space) is dict else None
    if origin.how == "item" and origin.of is not None:
        container, key = seen(origin.of, frame), seen(origin.parts[0], frame)
        if (type(container) in (list, tuple) and type(key) is int) or (type(container) is dict and type(key) in (int, str)):
            try:
                return container[key]
            except LookupError:
                return None
    return origin.value if origin.how == "const" else None
