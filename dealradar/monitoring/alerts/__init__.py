"""Who is told what the matter is: what is measured, when that is too bad, and what has been said of it."""
