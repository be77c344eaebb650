"""A text that could speak in the recorder's stead is told from one that cannot."""

from __future__ import annotations

import pytest

from playground.model.reaching import could_speak


@pytest.mark.parametrize("source", [
    "import os\nos.write(240, b'')", "import threading, os as o", "from os import write", "import threading, \\\n  os",
    "import logging; logging.os.write(9, b'')", "open(240, 'wb')", "o = open", "x = getattr(y, 'z')", "__import__('posix')", "import ctypes",
    "().__class__.__base__.__subclasses__()", "try: 1/0\nexcept Exception as e: e.__traceback__.tb_frame.f_back",
    "import sys; sys.modules['os']", "print.__self__", "import gc; gc.get_objects()",
    "import random; random._os.write", "f.__globals__", "eval('1')", "import io", "from multiprocessing import Pipe",
])
def test_words_that_lead_to_the_recorder_are_seen(source: str) -> None:
    assert could_speak(source)


@pytest.mark.parametrize("source", [
    "import threading\nbuffer = []\ndef write(code): buffer.append(code)", "import sys\nsys.exit(1)", "shop.open()", "def reopen(): pass",
    "signal = select = 1",
    "from threading import Thread, Lock\nwith Lock(): pass", "import time, queue\ntime.sleep(1)", "positions = {}", "cosine = 2",
    "import random\nrandom.seed(1)",
    "from concurrent.futures import ThreadPoolExecutor", "import dataclasses, functools, itertools, collections, contextlib",
])
def test_ordinary_words_are_not(source: str) -> None:
    assert not could_speak(source)
