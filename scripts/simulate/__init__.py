"""`scripts/dev simulate`: what other policies would have made of the same traffic."""
