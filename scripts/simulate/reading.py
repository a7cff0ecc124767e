"""Read the files that `TRACE_FILE` has made, those of all processes as one trace (dealradar/httpcache/trace.py)."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Final

from dealradar.httpcache.trace import FORMAT
from scripts.refused import RefusedError
from scripts.simulate.events import Asked, Cleared, Event, Invalidated, Made, Thing, Trace

_US: Final = 1e-6
_MS: Final = 1e-3
_HEADER: Final = "dealradar-trace"


class Reader:
    """Puts files together; keys and tags are the same in all of them, numbers are each file's own."""

    def __init__(self) -> None:
        self._things: list[Thing] = []
        self._known: dict[str, int] = {}
        self._tags: dict[str, int] = {}
        self._events: list[Event] = []
        self._unread = 0

    def trace(self) -> Trace:
        """Return what was read."""
        return Trace(self._things, sorted(self._events, key=attrgetter("at_s")), self._unread)

    def read(self, lines: Iterable[str]) -> None:
        """Read one file."""
        section = _Section(0.0)
        for line in lines:
            words = line.split()
            if not words:
                continue
            try:
                if words[0] == _HEADER:
                    section = _begun(words)
                else:
                    _READ[words[0]](self, section, words)
            except (ValueError, IndexError, KeyError):
                self._unread += 1  # a process was killed while it wrote

    def name(self, section: "_Section", words: Sequence[str]) -> None:
        """Read which key has a number."""
        _, number, key, endpoint, ttl_ms, soft_ttl_ms, tags = words
        if key not in self._known:
            soft_share = int(soft_ttl_ms) / int(ttl_ms) or None
            numbers = tuple(self._tag(tag) for tag in tags.split(","))
            self._things.append(Thing(endpoint, numbers, int(ttl_ms) * _MS, soft_share))
            self._known[key] = len(self._things) - 1
        section.things[number] = self._known[key]

    def ask(self, section: "_Section", words: Sequence[str]) -> None:
        """Read what was asked for."""
        _, at_us, number, found = words
        self._events.append(Asked(section.at_s(at_us), section.things[number], found))

    def make(self, section: "_Section", words: Sequence[str]) -> None:
        """Read what was stored."""
        _, at_us, number, body_bytes, cost_us, ttl_ms = words
        thing = section.things[number]
        at_s = section.at_s(at_us)
        self._events.append(Made(at_s, thing, int(body_bytes), int(cost_us) * _US, int(ttl_ms) * _MS))

    def invalidate(self, section: "_Section", words: Sequence[str]) -> None:
        """Read what was invalidated."""
        _, at_us, *tags = words
        self._events.append(Invalidated(section.at_s(at_us), tuple(self._tag(tag) for tag in tags)))

    def clear(self, section: "_Section", words: Sequence[str]) -> None:
        """Read that all was."""
        _, at_us = words
        self._events.append(Cleared(section.at_s(at_us)))

    def _tag(self, name: str) -> int:
        return self._tags.setdefault(name, len(self._tags))


class _Section:
    """What one process wrote: since when, and which numbers stand for which things."""

    def __init__(self, began_s: float) -> None:
        self._began_s = began_s
        self.things: dict[str, int] = {}

    def at_s(self, at_us: str) -> float:
        return self._began_s + int(at_us) * _US


_READ: Final[dict[str, Callable[[Reader, _Section, Sequence[str]], None]]] = {
    "k": Reader.name,
    "a": Reader.ask,
    "s": Reader.make,
    "i": Reader.invalidate,
    "c": Reader.clear,
}


def read(paths: Sequence[Path]) -> Trace:
    """Return what stands in the files at *paths*.

    Raises:
        RefusedError: They hold nothing that was asked for, or of another format.
        OSError: One can't be read.
    """
    reader = Reader()
    for path in paths:
        with path.open() as lines:
            reader.read(lines)
    trace = reader.trace()
    if not any(isinstance(event, Asked) for event in trace.events):
        raise RefusedError(
            f"nothing was asked for in {', '.join(map(str, paths))}: it must be what TRACE_FILE has made"
        )
    return trace


def _begun(words: Sequence[str]) -> _Section:
    _, version, began_us = words
    if int(version) != FORMAT:
        raise RefusedError(f"the trace is of format {version}, and only {FORMAT} can be read")
    return _Section(int(began_us) * _US)
