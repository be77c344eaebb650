"""Whatever a program or a link says arrives as text: no markup, no script, no control of the page."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from tests.browser.lab import run, write

MARKUP = "<img src=x onerror=document.body.dataset.owned=1><script>document.body.dataset.owned=1</script>"
HOSTILE = f"""
import threading, queue
evil = {MARKUP!r}
print(evil)
print("\\x1b[31mred\\x1b[0m \\x07 \\u202ekcab \\u2066 \\x00 </pre></script>")
lock = threading.Lock()
box = queue.Queue()
box.put(evil)
class Loud:
    def __repr__(self): return evil
box.put(Loud())
def work():
    with lock:
        raise RuntimeError(evil)
t = threading.Thread(target=work, name=evil)
t.start()
t.join()
"""


def owned(page: Any) -> Any:
    return page.evaluate("document.body.dataset.owned ?? null")


def test_output_names_and_exceptions_stay_text(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, HOSTILE)
    run(page)
    page.locator("[data-finding=crash]").wait_for()
    assert "<img src=x" in page.locator(".out").inner_text()
    assert "<img" in page.locator(".threads tbody").inner_text()
    assert "<script>" in page.locator("[data-finding=crash]").inner_text()
    for key in ("t", "t", "Home", "End"):
        page.locator("#timeline").focus()
        page.keyboard.press(key)
    assert page.locator("main img, main script").count() == 0
    assert owned(page) is None


def test_shared_title_and_source_stay_text(visit: Any) -> None:
    visitor = visit()
    body = {"source": f"# </script>{MARKUP}\nprint(1)\n", "title": MARKUP, "knobs": {}, "mode": "free", "python": "", "seed": 0}
    request = urllib.request.Request(f"{visitor.base}/share", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        address = json.load(answer)["url"]
    page = visitor.open(address)
    assert page.locator("h1").inner_text() == MARKUP
    assert page.evaluate("threadplay.store.get().source") == body["source"]
    assert "<img" in page.title()
    assert owned(page) is None
