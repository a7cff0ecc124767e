"""A mail server on the loopback that keeps what it is given, and when."""

import email
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import policy
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts import ports

ADDRESS: Final = "ops@example.org"
_LEVELS: Final = "X-DealRadar-Alerts"
_TAKEN: Final = "250 OK"


@dataclass(frozen=True)
class Mail:
    """One mail, which arrived at *arrived_s* of the monotonic clock; *levels* are what each signal is told to be."""

    arrived_s: float
    message_id: str
    subject: str
    text: str
    levels: Mapping[str, str]


def read(content: bytes, *, arrived_s: float) -> Mail:
    """Return the mail whose bytes these are."""
    message = email.message_from_bytes(content, policy=policy.default)
    text = message.get_body(("plain",))
    levels = dict(part.strip().split("=") for part in str(message[_LEVELS]).split(","))
    return Mail(
        arrived_s, str(message["Message-ID"]), str(message["Subject"]), text.get_content() if text else "", levels
    )


@dataclass
class Inbox:
    """What has been *taken*, by the server on *port*, which may be closed and opened again."""

    port: int = field(default_factory=ports.pick)
    taken: list[Mail] = field(default_factory=list)
    _controller: Controller | None = None

    def open(self) -> None:
        """Begin to take mails."""
        self._controller = Controller(self, hostname=ports.LOCALHOST, port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Be away, as if the mail server had been stopped."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep a mail."""
        self.taken.append(read(envelope.original_content or b"", arrived_s=time.monotonic()))
        return _TAKEN
