"""Shows by experiment whether the cache keeps its promises: the real site, busy clients, faults, and a judge."""
