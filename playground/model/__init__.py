"""The words of the trade as frozen data: events, records, specs, findings. No threads, no clocks, no I/O."""
