"""What DealRadar is about: people, deals, reviews, comments, reports; nothing of HTTP or caching."""
