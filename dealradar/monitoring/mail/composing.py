"""How a mail is made: text and HTML of the same, with a chart for each alert that it tells of.

Each is one part of a conversation about an alert: it refers to a first message that nobody got, so that mail programs
put what is said of the alert together, in whatever order it comes.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from dealradar.monitoring.mail import charts, wording
from dealradar.monitoring.mail.letters import Letter
from dealradar.monitoring.mail.notices import Notice

NOBODY: Final = f"{wording.SITE} <dealradar@localhost>"
DASHBOARD: Final = "/admin/"
URGENCY: Final = ("critical", "warning", "ok")
_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Lines of ASCII: a server on the way may know nothing else."""

_FIELDS: Final = _POLICY.clone(max_line_length=200)
"""A subject in one line: folded as the library does, it would begin with a space."""

_TEMPLATES: Final = Environment(
    loader=PackageLoader("dealradar.monitoring.mail"),
    autoescape=select_autoescape(["html.j2"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["duration"] = wording.duration

_COMMAND: Final = re.compile(r"`([^`]+)`")
_CODE: Final = '<code class="code" style="padding:1px 4px;border-radius:4px;background:#eceef1;font-size:14px">'


def _with_commands(step: str) -> Markup:
    return Markup(_COMMAND.sub(rf"{_CODE}\1</code>", str(escape(step))))  # noqa: S704  escaped before


_TEMPLATES.filters["with_commands"] = _with_commands


@dataclass(frozen=True)
class Letterhead:
    """What all mails of a site have in common: who sends them, and where its dashboard is."""

    sender: str | None
    site_url: str

    @property
    def domain(self) -> str:
        """Whose names the messages have."""
        return parseaddr(self.sender or NOBODY)[1].rpartition("@")[2]


@dataclass(frozen=True)
class _Section:
    notice: Notice
    headline: str
    since: str
    chart: bytes
    chart_id: str


def compose(notices: Sequence[Notice], recipient: str, *, letterhead: Letterhead, now: datetime) -> Letter:
    """Return the mail that tells *recipient* of *notices*, at least one; the same ones make the same Message-ID."""
    notices = sorted(notices, key=lambda notice: URGENCY.index(notice.level))
    # The time tells alerts apart that have no number yet, the database being away.
    batch = _digest(
        "+".join(f"{each.signal}.{each.alert_id}.{each.number}.{each.since.isoformat()}" for each in notices)
    )
    name = f"alert-{notices[0].alert_id}-{notices[0].number}-{_digest(f'{batch} {recipient.lower()}')}"
    message_id = f"<{name}@{letterhead.domain}>"
    message = EmailMessage(policy=_POLICY)
    message["From"] = letterhead.sender or NOBODY
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = subject = wording.subject(notices, now=now)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    for field, value in _fields(notices, letterhead):
        message[field] = value
    sections = [_section(notice, f"{notice.signal}.{name[-12:]}@dealradar", now) for notice in notices]
    _fill(message, sections, site_url=letterhead.site_url, now=now)
    return Letter(recipient, message_id, batch, subject, message.as_bytes(policy=_FIELDS))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _fields(notices: Sequence[Notice], letterhead: Letterhead) -> tuple[tuple[str, str], ...]:
    roots = " ".join(f"<alert-{notice.signal}-{notice.alert_id}@{letterhead.domain}>" for notice in notices)
    urgent = any(notice.level == URGENCY[0] for notice in notices)
    return (
        ("In-Reply-To", roots),
        ("References", roots),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: nobody's absence note answers it
        ("X-Auto-Response-Suppress", "All"),  # Exchange's way of saying so
        ("List-ID", f"{wording.SITE} alerts <alerts.{letterhead.domain}>"),  # RFC 2919: what filters sort by
        ("Importance", "high" if urgent else "normal"),
        ("X-DealRadar-Alerts", ", ".join(f"{notice.signal}={notice.level}" for notice in notices)),
    )


def _section(notice: Notice, chart_id: str, now: datetime) -> _Section:
    return _Section(
        notice,
        headline=wording.headline(notice),
        since=wording.moment(notice.since, now=now),
        chart=charts.draw(notice, now=now),
        chart_id=chart_id,
    )


def _fill(message: EmailMessage, sections: Sequence[_Section], *, site_url: str, now: datetime) -> None:
    told = {
        "sections": sections,
        "subject": str(message["Subject"]).removeprefix(f"[{wording.SITE}] "),
        "dashboard_url": site_url + DASHBOARD,
        "now": f"{now:%Y-%m-%d %H:%M} UTC",
        "chart_width": charts.WIDTH,
    }
    message.set_content(_TEMPLATES.get_template("alert.txt.j2").render(told))
    page = EmailMessage(policy=_POLICY)
    page.set_content(_TEMPLATES.get_template("alert.html.j2").render(told), subtype="html")
    for section in sections:
        name = f"{section.notice.signal}.png"
        cid = f"<{section.chart_id}>"
        page.add_related(section.chart, "image", "png", cid=cid, filename=name, disposition="inline")
    message.make_alternative()
    message.attach(page)
