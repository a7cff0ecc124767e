"""Who passes mails on: a mail server, or a folder where there is none."""

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Final, Protocol

from dealradar.mail_settings import MailSettings
from dealradar.monitoring.mail import private_files
from dealradar.monitoring.mail.letters import Letter
from dealradar.monitoring.mail.mails import Fate, Outcome

PERMANENT: Final = 500
"""From this code on, a reply says that the same will be refused again (RFC 5321, section 4.2.1)."""


class Carrier(Protocol):
    """Whoever passes mails on."""

    def carry(self, letter: Letter) -> Outcome:
        """Pass *letter* on, and return how that ended; never raises for what a server or a disk does."""


@contextmanager
def carrier(settings: MailSettings) -> Iterator[Carrier]:
    """Let the block pass mails on as *settings* say; it connects with the first, and for all of them once."""
    if settings.smtp_host is None:
        yield FolderCarrier(settings.mail_dir)
        return
    server = SmtpCarrier(settings, settings.smtp_host)
    try:
        yield server
    finally:
        server.leave()


@dataclass(frozen=True)
class FolderCarrier:
    """Writes each mail as an ``.eml`` file to *folder*; the same one always to the same file."""

    folder: Path

    def carry(self, letter: Letter) -> Outcome:
        """Write *letter*."""
        name = hashlib.sha256(letter.message_id.encode()).hexdigest()[:16]
        try:
            private_files.write(self.folder / f"{letter.message_id[1:].partition('@')[0]}-{name}.eml", letter.content)
        except OSError as error:
            return Outcome(Fate.POSTPONED, _in_words(error), is_for_all=True)
        return Outcome(Fate.WRITTEN)


@dataclass
class SmtpCarrier:
    """Gives mails to the server at *host* over one connection, which it makes when it is needed."""

    settings: MailSettings
    host: str
    _server: SMTP | None = field(default=None, init=False)

    def carry(self, letter: Letter) -> Outcome:
        """Give *letter* to the server.

        Where it took a mail and its answer is lost, that counts as failed: better twice than never.
        """
        try:
            server = self._reach()
        except (OSError, SMTPException) as error:
            self.leave()
            return Outcome(Fate.POSTPONED, _in_words(error), is_for_all=True)
        try:
            server.sendmail(self._sender, [letter.recipient], letter.content)
        except SMTPRecipientsRefused as error:
            code, reply = error.recipients[letter.recipient]
            return _refusal(code, reply)
        except SMTPDataError as error:
            return _refusal(error.smtp_code, error.smtp_error)
        except SMTPResponseException as error:
            # That it won't have our sender is the same for all, and can be mended.
            return Outcome(Fate.POSTPONED, _in_words(error), is_for_all=True)
        except (OSError, SMTPException) as error:
            self.leave()
            return Outcome(Fate.POSTPONED, _in_words(error), is_for_all=isinstance(error, TimeoutError))
        return Outcome(Fate.SENT)

    def leave(self) -> None:
        """End the connection, if there is one."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, SMTPException):
                server.quit()

    @property
    def _sender(self) -> str:
        return parseaddr(self.settings.mail_from or "")[1]

    def _reach(self) -> SMTP:
        # After some replies the library has hung up.
        if self._server is None or self._server.sock is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> SMTP:
        settings = self.settings
        # Else the library would look its own name up, for as long as a name server lets it wait.
        name = self._sender.rpartition("@")[2]
        if settings.smtp_tls == "tls":
            context = ssl.create_default_context()
            server: SMTP = SMTP_SSL(
                self.host, settings.port_of_smtp, name, timeout=settings.smtp_timeout_s, context=context
            )
        else:
            server = SMTP(self.host, settings.port_of_smtp, name, timeout=settings.smtp_timeout_s)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: SMTP) -> None:
        if self.settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.settings.smtp_username is not None and self.settings.smtp_password is not None:
            server.login(self.settings.smtp_username, self.settings.smtp_password.get_secret_value())


def _refusal(code: int, reply: bytes | str) -> Outcome:
    fate = Fate.REFUSED if code >= PERMANENT else Fate.POSTPONED
    return Outcome(fate, _reply(code, reply))


def _in_words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__}: {_reply(error.smtp_code, error.smtp_error)}"
    if isinstance(error, SMTPServerDisconnected | TimeoutError):
        return f"no answer: {error}"
    return f"{type(error).__name__}: {error}"


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {text}".split())
