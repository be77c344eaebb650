"""Which thread runs next: one file per strategy, none of which ever sees a thread, a clock or the outside world."""
