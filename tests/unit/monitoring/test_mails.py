import email
import re
from collections.abc import Sequence
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from dealradar.monitoring.mail import charts, wording
from dealradar.monitoring.mail.composing import Letterhead, compose
from dealradar.monitoring.mail.notices import Kind, Notice
from tests.notices import NOON, notice

LETTERHEAD = Letterhead("DealRadar <alerts@deals.example.com>", "https://deals.example.com")


def mail(notices: Sequence[Notice], *, recipient: str = "ada@example.org") -> Any:
    letter = compose(notices, recipient, letterhead=LETTERHEAD, now=NOON)
    return email.message_from_bytes(letter.content, policy=policy.default)


def text_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        (notice(), "[DealRadar] critical: Cache hit ratio 54 % (since 12:03 UTC)"),
        (notice(kind=Kind.ESCALATED), "[DealRadar] now critical: Cache hit ratio 54 % (since 12:03 UTC)"),
        (
            notice(kind=Kind.EASED, level="warning"),
            "[DealRadar] down to warning: Cache hit ratio 54 % (since 12:03 UTC)",
        ),
        (
            notice(kind=Kind.REMINDER, since=NOON - timedelta(hours=20)),
            "[DealRadar] still critical: Cache hit ratio 54 % (since 16:17 UTC, Nov 22)",
        ),
        (
            notice(kind=Kind.RESOLVED, level="ok", lasted_s=2_280),
            "[DealRadar] resolved: Cache hit ratio (after 38 min)",
        ),
        (
            notice(title="Odd\r\nBcc: everybody", value_text=""),
            "[DealRadar] critical: Odd Bcc: everybody (since 12:03 UTC)",
        ),
    ],
)
def test_the_subject_says_how_bad_what_and_since_when(told: Notice, subject: str) -> None:
    assert mail([told])["Subject"] == subject


def test_what_fired_together_is_one_mail_with_the_worst_first() -> None:
    resolved = notice(signal="disk_free", title="Free disk space", kind=Kind.RESOLVED, level="ok", lasted_s=60.0)

    message = mail([resolved, notice()])

    assert message["Subject"] == "[DealRadar] 2 alerts: Cache hit ratio critical, Free disk space resolved"
    assert message["Importance"] == "high"
    for kind in ("plain", "html"):
        assert re.findall(
            r"(?:Cache hit ratio|Free disk space)(?=<|\r?\n)", text_of(message, kind).split("<body")[-1]
        ) == [
            "Cache hit ratio",
            "Free disk space",
        ]


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_and_page_say_the_same(kind: str) -> None:
    told = text_of(mail([notice()]), kind)

    for said in (
        "54 %",
        "critical below 60 %",
        "12:03 UTC",
        "More answers than usual",
        "https://deals.example.com/admin/",
    ):
        assert said in told


def test_what_is_over_needs_no_steps_but_says_how_long_it_was() -> None:
    message = mail([notice(kind=Kind.RESOLVED, level="ok", lasted_s=2_280)])

    for kind in ("plain", "html"):
        assert "38 min" in text_of(message, kind)
        assert "What to do" not in text_of(message, kind)


def test_commands_stand_out_and_markup_is_only_ours() -> None:
    page = text_of(mail([notice()]), "html")

    assert re.search(r"<code [^>]+>flask cache stats</code>", page)
    assert "&lt;maxmemory&gt;" in page


def test_every_picture_of_the_page_comes_with_it() -> None:
    message = mail([notice(), notice(alert_id=13, signal="disk_free", title="Free disk space")])

    pictures = {
        part["Content-ID"].strip("<>"): part for part in message.walk() if part.get_content_type() == "image/png"
    }

    assert set(re.findall(r'src="cid:([^"]+)"', text_of(message, "html"))) == pictures.keys()
    assert len(pictures) == 2


def test_the_same_telling_to_the_same_person_has_one_name_whoever_makes_the_mail() -> None:
    again = mail([notice()])["Message-ID"]

    assert mail([notice()])["Message-ID"] == again
    assert mail([notice(number=2)])["Message-ID"] != again
    assert mail([notice()], recipient="bob@example.org")["Message-ID"] != again
    assert again.endswith("@deals.example.com>")


def test_all_that_is_said_of_one_alert_is_one_conversation() -> None:
    fired, resolved, other = (
        mail([told])["References"]
        for told in (notice(), notice(number=2, kind=Kind.RESOLVED, level="ok"), notice(alert_id=13))
    )

    assert fired == resolved != other


def test_no_absence_note_answers_and_filters_know_it() -> None:
    message = mail([notice()])

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-ID"] == "DealRadar alerts <alerts.deals.example.com>"


def test_a_mail_is_lines_of_ascii_that_any_server_takes() -> None:
    letter = compose([notice(title="Größe — Größe")], "ada@example.org", letterhead=LETTERHEAD, now=NOON)

    assert letter.content.isascii()
    assert max(map(len, letter.content.split(b"\r\n"))) <= 998  # RFC 5322, section 2.1.1
    assert b"\n" not in letter.content.replace(b"\r\n", b"")


def pixels(told: Notice) -> set[tuple[int, ...]]:
    picture = Image.open(BytesIO(charts.draw(told, now=NOON))).convert("RGBA")
    assert picture.size == (charts.WIDTH * charts.DENSITY, charts.HEIGHT * charts.DENSITY)
    return {
        colour[:3] for _, colour in picture.getcolors(1_000_000) or () if isinstance(colour, tuple) and colour[3] > 128
    }


def shows(told: Notice, colour: tuple[int, ...]) -> bool:
    return any(all(abs(one - other) < 60 for one, other in zip(colour, pixel, strict=True)) for pixel in pixels(told))


@pytest.mark.parametrize(
    ("told", "has_line", "has_bounds"),
    [
        (notice(), True, True),
        (notice(history=()), False, True),
        (notice(warning=None, critical=None), True, False),
        (notice(warning=None, critical=None, history=()), False, False),
        (notice(unit="state", history=((NOON, 2.0),), warning=0.0, critical=1.0), True, False),
        (notice(unit="bytes", history=((NOON, 0.0), (NOON, None)), warning=0.0, critical=1e9), True, True),
        (notice(unit="seconds", history=((NOON - timedelta(hours=2), 9.0),)), False, True),
    ],
)
def test_the_chart_shows_the_last_hour_and_the_thresholds(told: Notice, has_line: bool, has_bounds: bool) -> None:
    assert shows(told, charts.LINE) is has_line
    assert shows(told, charts.WARNING) is has_bounds
    assert shows(told, charts.CRITICAL) is has_bounds


@pytest.mark.parametrize(
    ("span_s", "said"),
    [
        (0.2, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (7_800, "2 h 10 min"),
        (7_200, "2 h"),
        (273_600, "3 d 4 h"),
    ],
)
def test_durations_are_said_as_people_do(span_s: float, said: str) -> None:
    assert wording.duration(span_s) == said
