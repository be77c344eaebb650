"""What controlled mode puts under CPython's own threading.py: a model of `_thread`, `_queue` and `time`, and the one baton."""
