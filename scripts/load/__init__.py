"""`scripts/dev load`: the site under the load of a community, without its cache and with it."""
