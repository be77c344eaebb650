"""The house stands: imports go downward only, importing a module only defines, and the door stays small."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("playground", "web")

# Which of our packages a package may import. The most specific row that fits a module is its floor.
FLOORS: dict[str, tuple[str, ...]] = {
    "playground.model": ("playground.model",),
    "playground.diagnosis": ("playground.model", "playground.diagnosis"),
    "playground.search": ("playground.model", "playground.search"),
    "playground.inside": ("playground.model", "playground.search", "playground.inside"),
    "playground.inside.beneath.greenlets": ("playground.inside.beneath",),
    "playground.sandbox": ("playground.model", "playground.sandbox", "playground.runtimes"),
    "playground.scenarios": (),
    "playground": ("playground",),
    "web": ("web", "playground"),
}
# `greenlets` alone may use ctypes: two calls of the C API that Python does not offer.
# Standard library modules that a floor never touches.
NEVER: dict[str, frozenset[str]] = {
    "playground.model": frozenset({"threading", "os", "time", "random", "socket", "subprocess"}),
    "playground.diagnosis": frozenset({"threading", "os", "time", "random", "socket", "subprocess", "io"}),
    "playground.inside": frozenset({"socket", "subprocess", "ctypes"}),
    "playground.search": frozenset({"threading", "os", "time", "socket", "subprocess", "io"}),
}
# Host modules never reach into the walls.
HOST_NEVER = ("playground.inside",)
FLASK = frozenset({"flask", "flask_sock", "gunicorn", "simple_websocket", "werkzeug"})


def modules() -> Iterator[tuple[str, Path]]:
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def floor_of(name: str) -> str:
    return max((floor for floor in FLOORS if name == floor or name.startswith(floor + ".")), key=len)


def imports(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a file imports, function bodies too."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield node.lineno, base
            folder = ROOT / Path(*base.split("."))
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names if (folder / f"{alias.name}.py").exists())


MODULES = dict(modules())


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("playground.scenarios.")])
def test_imports_go_downward_only(name: str) -> None:
    floor = floor_of(name)
    wrong = []
    for line, target in imports(MODULES[name], name):
        top = target.partition(".")[0]
        if top in OURS and not any(target == ok or target.startswith(ok + ".") for ok in FLOORS[floor]):
            wrong.append(f"{name}:{line} imports {target}")
        if top in NEVER.get(floor, ()):
            wrong.append(f"{name}:{line} imports {target}, which {floor} never touches")
        if floor == "playground" and name != "playground.vocabulary" and target.startswith(HOST_NEVER):
            wrong.append(f"{name}:{line} reaches within the walls: {target}")
        if floor.startswith("playground") and top in FLASK:
            wrong.append(f"{name}:{line} imports {target}: the engine knows no web")
        if floor == "web" and target.startswith("playground."):
            wrong.append(f"{name}:{line} imports {target}: the web comes through the door `playground`")
    assert not wrong, "\n".join(wrong)


def test_scenarios_import_only_what_a_learner_would_write_and_nobody_imports_them() -> None:
    for name, path in MODULES.items():
        targets = {target.partition(".")[0] for _, target in imports(path, name)}
        if name.startswith("playground.scenarios."):
            assert targets <= sys.stdlib_module_names, name
        assert not any(target.startswith("playground.scenarios") for _, target in imports(path, name)), name


def test_the_door_is_small_and_opens() -> None:
    import playground

    assert len(playground.__all__) <= 15
    assert all(getattr(playground, name) is not None for name in playground.__all__)


@pytest.mark.parametrize(("entry", "floors"), [
    ("main", {"playground", "playground.inside", "playground.model"}),
    ("controlled", {"playground", "playground.inside", "playground.model", "playground.search", "playground.inside.beneath.greenlets"}),
])
def test_importing_the_inside_drags_nothing_of_the_host_along(entry: str, floors: set[str]) -> None:
    code = f"import sys, playground.inside.{entry}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    ours = {name for name in loaded if name.partition(".")[0] in OURS}
    assert {floor_of(name) for name in ours} <= floors
    assert {name for name in ours if floor_of(name) == "playground"} == {"playground"}
    assert not {"socket", "subprocess", "flask", "sqlalchemy"} & set(loaded)
    assert entry == "controlled" or not {"ctypes", "greenlet"} & set(loaded)


IMPORT_ALL = """
import importlib, json, sys, threading
seen = []
FORBIDDEN = ("socket.", "subprocess.", "os.fork", "os.exec", "os.system", "os.mkdir", "os.remove", "os.rename", "os.putenv", "signal.", "shutil.")
def hook(event, args):
    if event.startswith(FORBIDDEN):
        seen.append(f"{event} {args!r:.120}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append(f"open {args!r:.120}")
third = %r
for name in third:
    importlib.import_module(name)
sys.addaudithook(hook)
for name in %r:
    before, hooks = threading.active_count(), (sys.excepthook, threading.excepthook, sys.stdout)
    importlib.import_module(name)
    if threading.active_count() != before or (sys.excepthook, threading.excepthook, sys.stdout) != hooks:
        seen.append(f"{name} changed the interpreter")
print(json.dumps(seen))
"""


def test_importing_only_defines() -> None:
    names = [name for name in MODULES if not name.startswith("playground.scenarios.") and name != "web.gunicorn.conf"]
    third = ["flask", "flask_sock", "sqlalchemy", "sqlite3", "concurrent.futures", "concurrent.futures.thread", "logging.handlers", "email.message"]
    run = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", IMPORT_ALL % (third, names)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == []


def test_no_file_holds_more_than_one_idea() -> None:
    """Past 400 lines there is a second idea in a file."""
    own = [*MODULES.values(), *(ROOT / "static/js").rglob("*.js"), *(ROOT / "static/css").rglob("*.css")]
    long = {str(path.relative_to(ROOT)): count for path in own if (count := len(path.read_text().splitlines())) > 400}
    assert not long


def test_every_module_class_and_public_function_opens_with_a_sentence() -> None:
    missing = []
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text())
        if not ast.get_docstring(tree):
            missing.append(name)
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and not ast.get_docstring(node):
                missing.append(f"{name}:{node.lineno} {node.name}")
    assert not [each for each in missing if not each.startswith("playground.scenarios.")]


def test_nothing_is_named_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc"}
    paths = [*MODULES.values(), *(ROOT / "static/js").rglob("*.js")]
    assert not [str(path) for path in paths if path.stem in vague]
