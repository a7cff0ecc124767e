"""Caches in front of the site, as targets of invalidation."""
