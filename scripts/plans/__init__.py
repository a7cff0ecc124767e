"""Whether each index serves the queries that it is catalogued for: `scripts/dev db plans`."""
