"""What a made-up community talks about, and the words it has for that."""


def listed(words: str) -> tuple[str, ...]:
    """Return *words*, which stand in one line to be read, one by one."""
    return tuple(words.split())
