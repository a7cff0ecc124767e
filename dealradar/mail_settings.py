"""To whom alerts go and through which server: the settings of mail, a base of all settings."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import EmailStr, Field, SecretStr, ValidationInfo, field_validator
from pydantic.networks import validate_email
from pydantic_settings import BaseSettings, NoDecode

PORTS: Final = {"none": 25, "starttls": 587, "tls": 465}
"""Where servers listen, by how the connection is secured (RFC 5321, RFC 6409, RFC 8314)."""


class MailSettings(BaseSettings):
    """The server that mail is given to; without one, mails become files in a folder."""

    public_url: str | None = None
    smtp_host: str | None = Field(None, pattern=r"^[A-Za-z0-9._:-]+$")
    smtp_port: int | None = Field(None, ge=1, le=65_535)
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = Field(None, validate_default=True)
    smtp_timeout_s: float = Field(10, ge=0.1, le=60)
    mail_from: str | None = Field(None, validate_default=True)
    mail_dir: Path = Path("var/mail")
    alert_emails: Annotated[tuple[EmailStr, ...], NoDecode] = ()

    @field_validator("public_url")
    @classmethod
    def _is_where_people_go(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if url is not None and (parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc):
            raise ValueError("must be the address under which people reach the site, such as https://deals.example.com")
        return url and url.rstrip("/")

    @field_validator("smtp_password")
    @classmethod
    def _goes_with_a_name_and_unseen(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        has_name = info.data.get("smtp_username") is not None
        if has_name and password is None:
            raise ValueError("must be set, as SMTP_USERNAME is")
        if password is not None and not has_name:
            raise ValueError("needs SMTP_USERNAME as well, which says whose it is")
        if password is not None and info.data.get("smtp_tls") == "none" and not _is_here(info.data.get("smtp_host")):
            raise ValueError("would be readable on its way: needs SMTP_TLS=starttls or tls")
        return password

    @field_validator("mail_from")
    @classmethod
    def _is_who_sends(cls, sender: str | None, info: ValidationInfo) -> str | None:
        if sender is None and info.data.get("smtp_host") is not None:
            raise ValueError("must be set, as SMTP_HOST is: whom mails come from, DealRadar <alerts@example.com>")
        if sender is not None:
            validate_email(sender)
        return sender

    @field_validator("alert_emails", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @property
    def port_of_smtp(self) -> int:
        """Where the mail server listens: as set, or as is usual for how the connection is secured."""
        return self.smtp_port or PORTS[self.smtp_tls]


def _is_here(host: str | None) -> bool:
    if host is None or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
