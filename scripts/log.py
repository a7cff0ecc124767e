"""One log of everything: a line of any part, with the time and a name column before it."""

import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

_COLOURS: Final = (36, 33, 35, 32, 34, 96, 93, 95)
_LONGEST_BYTES: Final = 64 * 1024
_RED: Final = 31
_BOLD: Final = 1


class Lines:
    """Cuts what arrives in pieces into lines; a line without end is cut at 64 KiB."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = b""

    def feed(self, piece: bytes) -> list[str]:
        """Return the lines that *piece* completes; an empty one ends the last."""
        *whole, self._rest = (self._rest + piece).split(b"\n")
        if self._rest and (not piece or len(self._rest) > _LONGEST_BYTES):
            whole.append(self._rest)
            self._rest = b""
        return [line.decode(errors="replace").rstrip() for line in whole]


class Log:
    """Writes lines to a stream, in colour if asked to."""

    def __init__(self, stream: TextIO, *, colour: bool, width: int = 8) -> None:
        """Make the name column *width* characters wide."""
        self._stream = stream
        self._colour = colour
        self._width = width
        self._names: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """Write one line of the part *name*."""
        code = self._names.setdefault(name, _COLOURS[len(self._names) % len(_COLOURS)])
        time = f"{datetime.now().astimezone():%H:%M:%S}"
        self._write(f"{self._painted(f'{time} {name:<{self._width}}', code)} | {text}")

    def alert(self, text: str) -> None:
        """Write a line that nobody may miss."""
        self.line("dev", self._painted(f"WARNING: {text}", _RED))

    def plain(self, text: str) -> None:
        """Write text without a name column."""
        self._write(self._painted(text, _BOLD))

    def _painted(self, text: str, code: int) -> str:
        return f"\033[{code}m{text}\033[0m" if self._colour else text

    def _write(self, text: str) -> None:
        try:
            print(text, file=self._stream, flush=True)
        except OSError:
            # Who read the log has gone, as `| head` does. Nobody sees the parts run: stop them.
            self._stream = Path(os.devnull).open("w")  # noqa: SIM115 - open to the end
            os.kill(os.getpid(), signal.SIGTERM)


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a person sees the stream, and hasn't said no (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def to_stdout() -> Log:
    """Return the log on standard output."""
    return Log(sys.stdout, colour=wants_colour(sys.stdout, os.environ))
