"""What operators do to the cache: name what is to go, see what is there, have it filled, change policies in flight."""
