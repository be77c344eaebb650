"""A function's instructions as people read them: names instead of numbers, as they were compiled, whatever CPython has made of them since."""

from __future__ import annotations

import dis
from types import CodeType

from playground.inside.plain import plain
from playground.model.steps import MOST_OPS, Code

_LETTERS = 80


def disassembled(code: CodeType, number: int) -> Code:
    """The record of that code object; equal in every run."""
    ops: list[tuple[int, str, str, int]] = []
    line = code.co_firstlineno
    for each in dis.get_instructions(code):
        line = each.line_number or line
        ops.append((each.offset, each.opname, _argument(each)[:_LETTERS], line))
        if len(ops) == MOST_OPS:
            break
    return Code(number, code.co_qualname.rpartition("<locals>.")[2][:_LETTERS], code.co_firstlineno, tuple(ops))


def _argument(op: dis.Instruction) -> str:
    if op.arg is None:
        return ""
    if op.opcode in dis.hasconst:
        return f"<code {op.argval.co_name}>" if isinstance(op.argval, CodeType) else plain(op.argval)
    return op.argrepr or str(op.arg)
