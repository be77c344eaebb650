"""A plain script as frontrun wants it: a state, workers, an invariant.

frontrun controls the threads that it starts itself, not those that a program starts. So a script is cut in three: what comes before the first
`join` makes the state, and its `start` calls only note the thread; the noted threads' `run` methods are the workers; the rest, with `join` doing
nothing, is the invariant. A `main()` under the usual `if` is laid open first. Not a word of the program is changed otherwise.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

WAITS = frozenset({"join", "acquire"})


class CannotExpress(Exception):
    """The program has no form that frontrun could drive."""


def parts(path: str) -> tuple[Callable[[], Any], list[Callable[[Any], None]], Callable[[Any], bool]]:
    """Setup, workers and invariant; raises CannotExpress."""
    before, after = (compile(ast.Module(body, []), path, "exec") for body in cut(ast.parse(Path(path).read_text())))

    def setup() -> Any:
        state = SimpleNamespace(space={"__name__": "__main__", "__file__": path}, threads=[])
        with starting(state.threads.append):
            exec(before, state.space)
        return state

    def invariant(state: Any) -> bool:
        with starting(state.threads.append), joined():
            exec(after, state.space)
        return True

    threads = setup().threads
    if len(threads) < 2:
        raise CannotExpress("fewer than two threads start before the first join")
    for thread in threads:
        if type(thread).run is not threading.Thread.run and type(thread).__module__ == "threading":
            raise CannotExpress(f"a {type(thread).__name__} has a clock of its own")
    return setup, [worker(number) for number in range(len(threads))], invariant


def worker(number: int) -> Callable[[Any], None]:
    """What the thread of that number does."""

    def work(state: Any) -> None:
        state.threads[number].run()

    return work


def cut(tree: ast.Module) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """The statements before the first that waits for a thread, and the others."""
    body = list(opened(tree))
    for at, statement in enumerate(body):
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and any(map(waits, ast.walk(statement))):
            return body[:at], body[at:]
    raise CannotExpress("nothing joins the threads")


def waits(node: ast.AST) -> bool:
    """True for a call of a method that waits for a thread."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WAITS


def opened(tree: ast.Module) -> Iterator[ast.stmt]:
    """The module's statements, with main's body where main is called."""
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    for statement in tree.body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "__name__ == '__main__'":
            for inner in statement.body:
                if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call) and isinstance(inner.value.func, ast.Name):
                    yield from functions[inner.value.func.id].body
                else:
                    yield inner
        else:
            yield statement


@contextmanager
def starting(noted: Callable[[threading.Thread], None]) -> Iterator[None]:
    """Threads that are started are only noted."""
    original = threading.Thread.start
    threading.Thread.start = lambda thread: noted(thread)  # type: ignore[method-assign]
    try:
        yield
    finally:
        threading.Thread.start = original  # type: ignore[method-assign]


@contextmanager
def joined() -> Iterator[None]:
    """Joins return at once: the workers have ended."""
    original = threading.Thread.join
    threading.Thread.join = lambda thread, timeout=None: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        threading.Thread.join = original  # type: ignore[method-assign]
