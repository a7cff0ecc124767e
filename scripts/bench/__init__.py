"""Measurements of the running site: how exact, how fast, how much."""
