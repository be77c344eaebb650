"""Values as text, by their exact type: the program's own `__repr__` is never called."""

from __future__ import annotations


def plain(item: object) -> str:
    """The item's repr if it is made of plain values only, else `<TypeName>`; at most 40 characters."""
    kind = type(item)
    if kind in (str, bytes):
        return repr(item[:60])[:40]  # type: ignore[index]
    if kind is int:
        return repr(item)[:40] if -(10**60) < item < 10**60 else "<int>"  # type: ignore[operator]
    if kind is float or kind is bool or item is None:
        return repr(item)
    if kind is tuple and len(item) <= 8:  # type: ignore[arg-type]
        parts = [plain(each) if type(each) is not tuple else "(...)" for each in item]  # type: ignore[attr-defined]
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"[:40]
    return f"<{type.__getattribute__(kind, '__name__')}>"[:40]
