"""What operators look at: metrics, readings of the cache, and whether each server that is depended on answers."""
