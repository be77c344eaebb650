"""Whether a program's text has words by which it could get at the recorder's own pipe and frames, and so speak in its stead.

The recorder and the program share one process, so every report is a claim. A false failure is only the program's own loss, but a false proof deceives
its reader: a proof is believed only of a text without such a word. No word is missed by hiding it: to find a name by a text takes one of them, too.
"""

from __future__ import annotations

import re

_MODULES = (r"_?(?:os|posix\w*|io|ctypes|gc|fcntl|pty|tty|mmap|socket|select|selectors|signal|faulthandler|subprocess|multiprocessing|tempfile|"
            r"shutil|pathlib|fileinput|sqlite3|inspect|importlib|imp|runpy|pkgutil|code|codeop|codecs|pdb|bdb|builtins|pickle|marshal|copyreg|asyncio)")
_WORDS = (r"open|__import__|exec|eval|compile|getattr|attrgetter|methodcaller|vars|globals|locals|modules|meta_path|path_hooks|settrace|setprofile|"
          r"monitoring|addaudithook|__builtins__|__loader__|__spec__|__dict__|__getattribute__|__globals__|__closure__|cell_contents|__code__|__self__|"
          r"__func__|__wrapped__|__subclasses__|__mro__|__bases__|__base__|__reduce__|__reduce_ex__|_getframe|_current_frames|f_back|f_globals|"
          r"f_locals|f_builtins|tb_frame|gi_frame|cr_frame|ag_frame|_sys|__stdout__|__stderr__")
_REACHING = re.compile(rf"\b(?:import|from)\b[^\n;]*\b{_MODULES}\b|\.{_MODULES}\b|(?<![.\w])(?:{_WORDS})\b|\.(?:{_WORDS})\b(?<!\.open)")


def could_speak(source: str) -> bool:
    """True if some word of the text could lead to the recorder."""
    return _REACHING.search(source.replace("\\\n", " ")) is not None
