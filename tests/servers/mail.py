"""A real mail server on the loopback that keeps what it is given, and fails as it is told to."""

import asyncio
import email
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from threading import Event
from typing import Any, Final, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST: Final = "localhost"
"""What its certificate is for."""

USER: Final = "dealradar"
PASSWORD: Final = "hunter2-hunter2"
OK: Final = "250 OK"
LOSE_ANSWER: Final = "take it and hang up"
"""In `MailServer.replies`: the mail is taken, and the answer lost."""

AUTHORITY: Final = trustme.CA()
CERTIFICATE: Final = AUTHORITY.issue_cert(HOST)


@dataclass
class MailServer:
    """What it has taken, and how it answers.

    Attributes:
        taken: Each mail that it took: to whom, and what.
        replies: The answers to the next mails' content, before it goes back to taking all.
        refusals: Its answers to recipients that it won't have.
        is_reached: Set when a client begins to send a mail's content.
        may_go_on: While it isn't set, a client that begins so waits for the answer.
    """

    security: str = "starttls"
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    replies: deque[str] = field(default_factory=deque)
    refusals: dict[str, str] = field(default_factory=dict)
    log_ins: list[bool] = field(default_factory=list)
    is_reached: Event = field(default_factory=Event)
    may_go_on: Event = field(default_factory=Event)
    port: int = 0

    def __post_init__(self) -> None:
        self.may_go_on.set()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve until the block ends; nobody listens afterwards."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        CERTIFICATE.configure_cert(context)
        controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=context if self.security == "tls" else None,
            tls_context=context if self.security == "starttls" else None,
            require_starttls=self.security == "starttls",
            auth_require_tls=self.security == "starttls",
            authenticator=self._admit,
        )
        controller.start()
        self.port = controller.port
        try:
            yield self
        finally:
            self.may_go_on.set()
            controller.stop()

    @property
    def recipients(self) -> list[str]:
        """Return to whom the mails were that it took."""
        return [recipient for recipient, _ in self.taken]

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Return the settings of an application that gives its mails to it, with *changes*."""
        ours = {"smtp_host": HOST, "smtp_port": self.port, "smtp_tls": self.security, "smtp_timeout_s": 5.0}
        return {**ours, "mail_from": "DealRadar <alerts@deals.example.com>", **changes}

    async def handle_RCPT(  # noqa: N802  as the library calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  likewise
        reply = self.replies.popleft() if self.replies else OK
        if reply in {OK, LOSE_ANSWER}:
            content = envelope.original_content or b""
            message = email.message_from_bytes(content, policy=policy.default)
            self.taken += [(recipient, message) for recipient in envelope.rcpt_tos]
        if reply == LOSE_ANSWER and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]  # what asyncio gives it has this
        return reply

    def _admit(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, shown: Any) -> AuthResult:
        is_right = isinstance(shown, LoginPassword) and shown == LoginPassword(USER.encode(), PASSWORD.encode())
        self.log_ins.append(is_right)
        return AuthResult(success=is_right, handled=False)


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # It calls itself once, and must know where: at the port that it was given, not at 0.
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it has begun
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library has no types here

    def factory(self) -> SMTP:
        return _Patient(self.handler, **self.SMTP_kwargs)


class _Patient(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  as the library calls it
        server: MailServer = self.event_handler
        server.is_reached.set()
        await asyncio.to_thread(server.may_go_on.wait)
        await super().smtp_DATA(arg)
