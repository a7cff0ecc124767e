"""Rehearsals of what operators do to a site that is in use: its clients are those of the consistency check."""
