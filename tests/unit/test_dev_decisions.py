"""What `scripts/dev` decides, without starting anything."""

import io
import stat
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

from scripts import commands, log, secret_files
from scripts.db import without_password
from scripts.parts import from_procfile
from scripts.redis_replies import for_a_person, for_a_program
from scripts.restarts import FIRST_PAUSE_S, LONGEST_PAUSE_S, RAN_WELL_S, described, next_pause_s
from scripts.test import command


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [0.0]

    for _ in range(9):
        pauses.append(next_pause_s(pauses[-1], ran_s=0.1))

    assert pauses[1:4] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_good_run_makes_the_next_pause_short_again() -> None:
    assert next_pause_s(8.0, ran_s=RAN_WELL_S) == FIRST_PAUSE_S
    assert next_pause_s(8.0, ran_s=RAN_WELL_S - 0.1) == 16.0


@pytest.mark.parametrize(("status", "words"), [(0, "exit 0"), (3, "exit 3"), (-9, "killed by SIGKILL")])
def test_an_end_is_told_in_words(status: int, words: str) -> None:
    assert described(status) == words


def test_a_line_that_arrives_in_pieces_is_one_line() -> None:
    lines = log.Lines()

    assert lines.feed(b"a str") == []
    assert lines.feed(b"eet\nand ") == ["a street"]
    assert lines.feed(b"") == ["and"]


def test_a_character_that_arrives_in_pieces_is_one_character() -> None:
    lines = log.Lines()

    assert lines.feed(b"5 \xe2\x82") == []
    assert lines.feed(b"\xac\n") == ["5 €"]


def test_a_line_without_end_is_cut() -> None:
    lines = log.Lines()

    assert [len(line) for line in lines.feed(b"x" * 70_000)] == [70_000]


def test_a_name_keeps_its_colour_and_another_has_its_own() -> None:
    stream = io.StringIO()
    coloured = log.Log(stream, colour=True)

    for name in ("web", "worker", "web"):
        coloured.line(name, "hello")

    web, worker, web_again = (line.partition("m")[0] for line in stream.getvalue().splitlines())
    assert web == web_again != worker


def test_without_colour_a_line_has_no_escapes() -> None:
    stream = io.StringIO()

    log.Log(stream, colour=False).alert("look")

    assert stream.getvalue().endswith(" dev      | WARNING: look\n")
    assert "\033" not in stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_a_person_who_did_not_refuse_sees_colours() -> None:
    assert log.wants_colour(Terminal(), {})
    assert not log.wants_colour(io.StringIO(), {})
    assert not log.wants_colour(Terminal(), {"NO_COLOR": "1"})


def test_a_procfile_is_read_in_its_order() -> None:
    text = "# parts\nweb: exec gunicorn wsgi:app\n\nbeat: mkdir -p var && exec celery beat\n"

    parts = from_procfile(text, cwd=Path("/"), environment={})

    assert [(part.name, part.command[-1]) for part in parts] == [
        ("web", "exec gunicorn wsgi:app"),
        ("beat", "mkdir -p var && exec celery beat"),
    ]


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (b"OK", "OK"),
        (b'say "hi"\n\xff', r'"say \"hi\"\n\xff"'),
        (7, "(integer) 7"),
        (None, "(nil)"),
        ([], "(empty array)"),
        ([b"a", [1, None]], '1) "a"\n2) 1) (integer) 1\n   2) (nil)'),
        (redis.ResponseError("WRONGTYPE no"), "(error) WRONGTYPE no"),
        (redis.ResponseError("unknown command"), "(error) ERR unknown command"),
    ],
)
def test_a_person_sees_a_reply_with_its_type(reply: object, shown: str) -> None:
    assert for_a_person(reply) == shown  # type: ignore[arg-type]  # each row is a reply


def test_a_program_gets_a_reply_bare() -> None:
    assert for_a_program([b"a\xff", 1, None, b"OK"]) == b"a\xff\n1\n\nOK"


def test_a_password_is_no_part_of_a_command_line() -> None:
    url, password = without_password("postgresql+psycopg://bob:s%2Fecret@db:5432/deals?sslmode=require")

    assert (url, password) == ("postgresql://bob@db:5432/deals?sslmode=require", "s/ecret")


def test_a_url_without_a_password_stays_without() -> None:
    assert without_password("postgresql://db/deals") == ("postgresql://db/deals", None)


def test_tests_use_all_cores_unless_told_otherwise() -> None:
    assert "-n" in command(["tests/unit"])
    assert "-n" not in command(["-n4"])[:-1]
    assert "-n" not in command(["--pdb"])


def test_a_secret_is_made_once_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    first = secret_files.keep(tmp_path, "site")

    assert secret_files.keep(tmp_path, "site") == first != secret_files.keep(tmp_path, "cache")
    assert stat.S_IMODE((tmp_path / "secrets" / "site").stat().st_mode) == 0o600


def test_an_unknown_command_gets_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    status = commands.main(["rum"])

    assert status == 2
    error = capsys.readouterr().err
    assert error.startswith("scripts/dev: there is no command 'rum'\n")
    assert all(f"  {command.name} " in error for command in commands.COMMANDS)


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["help"]) == 0

    assert "  run [--seed small|medium|none]" in capsys.readouterr().out


def test_every_command_has_its_module() -> None:
    assert [command.name for command in commands.COMMANDS if find_spec(command.module) is None] == []
