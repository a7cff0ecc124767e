"""How answers are cached: the policy table, the plan of one request, and serving it from the store or not."""
