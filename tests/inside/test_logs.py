"""Programs that log: every execution finds logging as a fresh process does, with the model's threads and times in its records."""

from __future__ import annotations

import logging

from playground.inside.explore import Explorer
from tests.inside.steering import steer

HEAD = "import logging, logging.handlers, queue, threading\n"
BOTH = "threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]\nfor t in threads: t.start()\nfor t in threads: t.join()\n"


def printed(source: str) -> str:
    return "".join(text for _, _, _, text in steer(HEAD + source).recording.outputs)


def test_what_one_execution_configures_is_gone_before_the_next() -> None:
    report = Explorer(HEAD + "logging.basicConfig(level=logging.INFO)\nlog = logging.getLogger('shop')\nassert log.level == 0 and not log.handlers\n"
                      "log.setLevel('DEBUG')\nlogging.addLevelName(5, 'FINE')\ndef work(n): log.info('n is %d', n)\n" + BOTH).run()
    assert report.verdict == "clean", report
    assert not report.exhausted


def test_records_bear_the_models_threads_and_times() -> None:
    assert printed("logging.basicConfig(level=logging.INFO, format='%(asctime)s %(threadName)s: %(message)s')\n"
                   "def work(n): logging.info('n is %d', n)\n" + BOTH) == (
        "2026-01-01 00:00:00,000 Thread-1 (work): n is 0\n2026-01-01 00:00:00,000 Thread-2 (work): n is 1\n")


def test_handlers_of_the_programs_own_and_a_queue_between_threads_work() -> None:
    assert printed("jobs = queue.Queue()\nclass Shout(logging.Handler):\n    def emit(self, record): print(record.getMessage().upper())\n"
                   "listener = logging.handlers.QueueListener(jobs, Shout())\nlistener.start()\n"
                   "logging.getLogger().addHandler(logging.handlers.QueueHandler(jobs))\ndef work(n): logging.warning('n%d', n)\n"
                   + BOTH + "listener.stop()\n") == "N0\nN1\n"


def test_logging_itself_is_as_it_was_afterwards() -> None:
    before = {name: id(value) for name, value in vars(logging).items()}
    Explorer(HEAD + "logging.basicConfig()\nlogging.raiseExceptions = False\nlogging.mine = 1\nlogging.warning('x')\n", max_executions=3).run()
    assert {name: id(value) for name, value in vars(logging).items()} == before
    assert logging.getLogger().manager is logging.Logger.manager
