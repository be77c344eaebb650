"""A small assembler for classic BPF, as seccomp speaks it (linux/filter.h, linux/seccomp.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

LOAD, AND, RETURN = 0x20, 0x54, 0x06
EQUAL, AT_LEAST = 0x15, 0x35
NUMBER, MACHINE = 0, 4


@dataclass(slots=True)
class Program:
    """Instructions in order; jumps are short and forward (`skip` counts the instructions left out)."""

    lines: list[tuple[int, int, int, int]] = field(default_factory=list)

    def load(self, offset: int) -> None:
        """The 32-bit word at this offset of seccomp_data becomes the accumulator."""
        self.lines.append((LOAD, 0, 0, offset))

    def mask(self, bits: int) -> None:
        """Keep only these bits of the accumulator."""
        self.lines.append((AND, 0, 0, bits))

    def unless_equal(self, value: int, skip: int) -> None:
        """Skip instructions if the accumulator is another value."""
        self.lines.append((EQUAL, 0, skip, value))

    def if_equal(self, value: int, skip: int) -> None:
        """Skip instructions if the accumulator is this value."""
        self.lines.append((EQUAL, skip, 0, value))

    def unless_at_least(self, value: int, skip: int) -> None:
        """Skip instructions if the accumulator is below this value."""
        self.lines.append((AT_LEAST, 0, skip, value))

    def end(self, verdict: int) -> None:
        """Answer the kernel."""
        self.lines.append((RETURN, 0, 0, verdict))

    def assemble(self) -> bytes:
        """The program as an array of struct sock_filter."""
        if len(self.lines) > 4096:
            raise ValueError("the kernel takes at most 4096 instructions")
        return b"".join(struct.pack("=HBBI", *line) for line in self.lines)


def argument(index: int, high: bool = False) -> int:
    """The offset of a call's argument in seccomp_data: its low (or high) 32 bits, little-endian."""
    return 16 + 8 * index + (4 if high else 0)
