"""The one way in which a command says that it can't go on."""


class RefusedError(Exception):
    """One line for the developer: which part, what is wrong, and what to do about it."""
