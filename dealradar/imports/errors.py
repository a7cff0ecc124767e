"""Why a file can't be imported at all; one bad row is no error but a ``RowFault``."""


class UnreadableError(Exception):
    """The file can't be read as a table of reviews; the text says what was wrong and what would be right."""
