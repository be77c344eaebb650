"""The first code of a zygote, sent to it as text over the control socket (fd 3) and executed in its `__main__`.

The application's modules are loaded from its folder under names that say nothing of the host, and the folder is forgotten before the
walls. Below `main(job, 3)`, which runs confined, no frame and no global of the zygote is left.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import socket
import sys
import types
from collections.abc import Callable

VISITORS_MODULES = (
    "abc", "bisect", "collections", "concurrent.futures", "concurrent.futures.thread", "contextlib", "copy", "csv", "dataclasses", "datetime",
    "decimal", "enum", "functools", "heapq", "inspect", "io", "itertools", "json", "linecache", "logging", "math", "operator", "os", "pathlib",
    "pprint", "queue", "random", "re", "signal", "statistics", "string", "struct", "textwrap", "threading", "time", "timeit", "traceback", "types",
    "typing", "unicodedata", "urllib.parse", "uuid", "warnings", "weakref", "zlib",
)


class QuietLoader(importlib.abc.Loader):
    """Compiles a module under a made-up file name, so that no traceback shows where the application lies."""

    def __init__(self, real: str, shown: str) -> None:
        self.real = real
        self.shown = shown

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """The ordinary kind."""
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module's code; a folder without __init__.py has none."""
        if self.real:
            with open(self.real, "rb") as file:
                exec(compile(file.read(), self.shown, "exec", dont_inherit=True), module.__dict__)
        module.__loader__ = None
        if module.__spec__:
            module.__spec__.loader = None


class QuietFinder(importlib.abc.MetaPathFinder):
    """Finds the application's packages (`names`) beneath `root`, and nothing else."""

    def __init__(self, root: str, names: tuple[str, ...]) -> None:
        self.root = root
        self.names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """A spec whose origin is made up as well."""
        if fullname.partition(".")[0] not in self.names:
            return None
        place = os.path.join(self.root, *fullname.split("."))
        shown = "threadplay/" + fullname.replace(".", "/")
        if os.path.isdir(place):
            init = os.path.join(place, "__init__.py")
            real, shown = init if os.path.exists(init) else "", shown + "/__init__.py"
        elif os.path.exists(place + ".py"):
            real, shown = place + ".py", shown + ".py"
        else:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, QuietLoader(real, shown), origin=shown, is_package=os.path.isdir(place))
        spec.has_location = True
        return spec


def preload(config: dict[str, str]) -> tuple[types.ModuleType, types.ModuleType]:
    """Import what runs need while everything can still be read."""
    finder = QuietFinder(config["root"], ("playground", config["preload"].partition(".")[0]))
    sys.meta_path.insert(0, finder)
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()
    for name in VISITORS_MODULES:
        importlib.import_module(name)
    nursery = importlib.import_module("playground.sandbox.nursery")
    if config.get("extension"):
        _load_extension(config["extension"], config["folder"])
    inside = importlib.import_module(config["preload"])
    if config.get("extension"):
        hide(config["extension"])
    os.environ.pop("PYTHONHASHSEED", None)
    sys.meta_path.remove(finder)
    sys.orig_argv[:] = sys.argv[:] = [""]
    return nursery, inside


def _load_extension(name: str, folder: str) -> None:
    """Import one package from a folder that is on no path; one that does not load here is done without."""
    spec = importlib.machinery.PathFinder.find_spec(name, [folder])
    if spec is None or spec.loader is None:
        return
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError:
        hide(name)


def hide(name: str) -> None:
    """Take a package out of sight: it is no longer to be imported, and says nothing of where it lies."""
    for each in [each for each in sys.modules if each.partition(".")[0] == name]:
        module = sys.modules.pop(each)
        for attribute in ("__file__", "__path__", "__spec__", "__loader__", "__cached__"):
            vars(module).pop(attribute, None)


def forget() -> None:
    """In a run: the sandbox's modules are no longer to be found."""
    for name in [name for name in sys.modules if name.startswith("playground.sandbox")]:
        del sys.modules[name]
    vars(sys.modules["playground"]).pop("sandbox", None)


def _nothing() -> None:
    """Most runs have nothing to rehearse."""


def start(control: socket.socket) -> tuple[Callable[[bytes, int], int], bytes]:
    """Everything from the configuration to the confined run; returns the run's main and job."""
    config = json.loads(control.recv(1 << 16))
    try:
        nursery, inside = preload(config)
        world = nursery.prepare(control, config["tier"])
    except BaseException as error:  # noqa: BLE001 - the host must hear of it, whatever it is
        control.send(json.dumps({"tier": "D", "reason": f"The zygote could not start: {type(error).__name__}: {error}.", "mend": "",
                                 "layers": []}).encode())
        os._exit(1)
    main: Callable[[bytes, int], int] = inside.main
    config.clear()
    job = nursery.serve(control, world, getattr(inside, "rehearse", _nothing))
    forget()
    return main, job


if __name__ == "__main__":
    main, job = start(socket.socket(fileno=3))
    for name in [name for name in globals() if name not in ("__name__", "__builtins__", "main", "job")]:
        del globals()[name]
    del name
    __import__("os")._exit(main(job, 3))
