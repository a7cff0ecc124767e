"""A CSV file as it comes: whatever its encoding and delimiter, record by record, never whole in memory."""

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from dealradar.imports.errors import UnreadableError

DELIMITERS: Final = (",", ";", "\t")
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK: Final = "cp1252"
CHUNK_BYTES: Final = 1_048_576
MAX_LINE_CHARS: Final = 1_048_576
"""A longer line is no line of a table of reviews, and reading on could take all the memory there is."""


@dataclass(frozen=True)
class Record:
    """One row of the file: the line it starts on, from 1, and its cells, or why it has none."""

    line: int
    cells: tuple[str, ...] = ()
    flaw: str | None = None


@dataclass(frozen=True)
class Source:
    """An open file: its first record, the ones below it, and how far it has been read."""

    size_bytes: int
    is_guessed: bool
    """The file was not UTF-8: its encoding is the most likely one, no more."""
    header: tuple[str, ...]
    records: Iterator[Record]
    position_bytes: Callable[[], int]


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open the CSV file at *path*, and close it at the end.

    Raises:
        UnreadableError: It is absent, not a file, empty, in no known encoding, or not text in lines.
    """
    if not path.is_file():
        raise UnreadableError(f"{path} is not a file." if path.exists() else f"There is no file {path}.")
    try:
        binary = path.open("rb")
    except OSError as error:
        raise UnreadableError(f"{path} can't be opened: {error.strerror}.") from None
    with binary:
        encoding = _encoding_of(binary, path)
        with io.TextIOWrapper(binary, encoding=encoding, newline="") as text:
            yield _source(_Lines(text, path), path, is_guessed=encoding == FALLBACK, position_bytes=binary.tell)


class _Lines:
    """The lines of a text, counted, each at most ``MAX_LINE_CHARS`` long."""

    def __init__(self, text: TextIO, path: Path) -> None:
        self.number = 0
        self._text = text
        self._path = path

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(MAX_LINE_CHARS + 1)
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableError(f"{self._path} can't be read beyond line {self.number}: {error}.") from None
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE_CHARS:
            raise UnreadableError(
                f"{self._path}, line {self.number} is longer than {MAX_LINE_CHARS} characters: that is no CSV."
            )
        return line


def _source(lines: _Lines, path: Path, *, is_guessed: bool, position_bytes: Callable[[], int]) -> Source:
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UnreadableError(f"{path} is empty; its first line should name the columns.")
    records = _records(lines, first)
    header = next(records)
    if header.flaw:
        raise UnreadableError(f"{path}, line {header.line}, which should name the columns: {header.flaw}.")
    return Source(path.stat().st_size, is_guessed, header.cells, records, position_bytes)


def _records(lines: _Lines, first: str) -> Iterator[Record]:
    """Yield *first* and what follows as rows; a broken one costs no more than its own lines."""
    first_line = lines.number
    reader = csv.reader(itertools.chain((first,), lines), delimiter=_delimiter_of(first), strict=True)
    while True:
        line = first_line + reader.line_num
        try:
            yield Record(line, tuple(next(reader)))
        except csv.Error as error:
            yield Record(line, flaw=f"is not well-formed CSV ({error})")
        except StopIteration:
            return


def _delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter))))


def _encoding_of(binary: BinaryIO, path: Path) -> str:
    start = binary.read(4)
    marked = tuple(encoding for mark, encoding in MARKS if start.startswith(mark))
    for encoding in marked or ("utf-8", FALLBACK):
        if _decodes(binary, encoding):
            binary.seek(0)
            return encoding
    raise UnreadableError(f"{path} is not in {' or '.join(marked or ('UTF-8', 'Windows-1252'))}; save it as UTF-8.")


def _decodes(binary: BinaryIO, encoding: str) -> bool:
    binary.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := binary.read(CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
