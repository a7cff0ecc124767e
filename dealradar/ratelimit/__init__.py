"""How often one may ask: a table of limits, the counters that all processes share, and how clients are told."""
