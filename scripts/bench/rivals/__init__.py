"""What hits are compared with: the same body, served by what one would take instead."""
