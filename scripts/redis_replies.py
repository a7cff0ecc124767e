"""How redis-cli shows a reply: with its type to a person, bare to a program."""

from typing import Final

import redis

Reply = bytes | int | None | list["Reply"] | redis.ResponseError

_ESCAPES: Final = {ord(char): f"\\{name}" for char, name in zip('\n\r\t\a\b\\"', 'nrtab\\"', strict=True)}
_PRINTABLE: Final = range(0x20, 0x7F)

# The protocol tells a status from a value, and the client doesn't any more.
_STATUSES: Final = frozenset({b"OK", b"PONG", b"QUEUED"})


def for_a_person(reply: Reply) -> str:
    """Return the reply with its type, and lists numbered."""
    if isinstance(reply, list):
        return _numbered(reply) if reply else "(empty array)"
    if isinstance(reply, bytes):
        return reply.decode() if reply in _STATUSES else f'"{"".join(map(_escaped, reply))}"'
    if isinstance(reply, int):
        return f"(integer) {reply}"
    return "(nil)" if reply is None else f"(error) {_error(reply)}"


def for_a_program(reply: Reply) -> bytes:
    """Return the reply's bytes, and each of a list's on a line."""
    if isinstance(reply, list):
        return b"\n".join(map(for_a_program, reply))
    if isinstance(reply, bytes):
        return reply
    if isinstance(reply, int):
        return str(reply).encode()
    return b"" if reply is None else _error(reply).encode()


def _error(error: redis.ResponseError) -> str:
    """Return what the server said; the client leaves the commonest code out."""
    text = str(error)
    return text if text.split(" ", 1)[0].isupper() else f"ERR {text}"


def _numbered(replies: list[Reply]) -> str:
    width = len(str(len(replies)))
    lines: list[str] = []
    for number, reply in enumerate(replies, start=1):
        first, *rest = for_a_person(reply).split("\n")
        lines.append(f"{number:>{width}}) {first}")
        lines += [f"{'':{width + 2}}{line}" for line in rest]
    return "\n".join(lines)


def _escaped(byte: int) -> str:
    return _ESCAPES.get(byte) or (chr(byte) if byte in _PRINTABLE else f"\\x{byte:02x}")
