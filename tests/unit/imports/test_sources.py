import codecs
from pathlib import Path

import pytest

from dealradar.imports import UnreadableError, opened, sources
from dealradar.imports.sources import Record


def records(path: Path) -> list[Record]:
    with opened(path) as source:
        return list(source.records)


def csv_of(folder: Path, content: bytes) -> Path:
    path = folder / "reviews.csv"
    path.write_bytes(content)
    return path


def test_each_row_knows_the_line_that_it_starts_on(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b'a,b\n1,"two\r\nlines"\n\n2,3\n')

    assert records(path) == [Record(2, ("1", "two\r\nlines")), Record(4), Record(5, ("2", "3"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_parts_the_header(tmp_path: Path, delimiter: str) -> None:
    path = csv_of(tmp_path, f'a{delimiter}"b,;\t"{delimiter}c\n1{delimiter}2{delimiter}3\n'.encode())

    with opened(path) as source:
        assert source.header == ("a", "b,;\t", "c")
        assert next(source.records).cells == ("1", "2", "3")


@pytest.mark.parametrize(
    ("content", "is_guessed"),
    [
        ("é\n".encode(), False),
        (codecs.BOM_UTF8 + "é\n".encode(), False),
        ("é\n".encode("utf-16"), False),
        ("é\n".encode("cp1252"), True),
    ],
)
def test_text_is_read_whatever_its_encoding(tmp_path: Path, content: bytes, *, is_guessed: bool) -> None:
    with opened(csv_of(tmp_path, content)) as source:
        assert source.header == ("é",)
        assert source.is_guessed is is_guessed


def test_an_encoding_is_judged_by_the_whole_file(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b"a\n" * sources.CHUNK_BYTES + "é\n".encode("cp1252"))

    with opened(path) as source:
        assert source.is_guessed


def test_a_broken_row_costs_no_more_than_itself(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b'a,b\n"x"y,1\n1,2\n')

    assert records(path) == [Record(2, flaw="is not well-formed CSV (',' expected after '\"')"), Record(3, ("1", "2"))]


def test_a_quote_that_never_closes_is_told_of(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b'a,b\n1,2\n3,"4\n5,6\n')

    assert records(path)[1:] == [Record(3, flaw="is not well-formed CSV (unexpected end of data)")]


def test_blank_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    with opened(csv_of(tmp_path, b"\n\na,b\n1,2\n")) as source:
        assert source.header == ("a", "b")
        assert next(source.records) == Record(4, ("1", "2"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x81\n", "not in UTF-8 or Windows-1252"),
        (b"\xff\xfea", "not in utf-16"),
        (b'"a"b\n', "line 1, which should name the columns: is not well-formed"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said), opened(csv_of(tmp_path, content)):
        pass


def test_an_endless_line_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b"a,b\n" + b"x" * (sources.MAX_LINE_CHARS + 1))

    with opened(path) as source, pytest.raises(UnreadableError, match="line 2 is longer than 1048576 characters"):
        next(source.records)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="is not a file"), opened(tmp_path):
        pass
    with pytest.raises(UnreadableError, match="There is no file"), opened(tmp_path / "absent.csv"):
        pass


def test_it_is_known_how_far_the_file_is_read(tmp_path: Path) -> None:
    with opened(csv_of(tmp_path, b"a,b\n1,2\n")) as source:
        list(source.records)

        assert source.position_bytes() == source.size_bytes == 8
