"""`scripts/dev db`: psql on the running database; with `plans`, how it does what the indexes are for."""

import os
import shutil
from collections.abc import Sequence
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from scripts import find, place
from scripts.clone import HERE
from scripts.plans import command as plans


def main(arguments: Sequence[str]) -> int:
    """Explain the queries' plans; or open psql, or let it run what comes on standard input or in the arguments."""
    return plans.main(arguments[1:]) if arguments[:1] == ["plans"] else _become_psql(arguments)


def _become_psql(arguments: Sequence[str]) -> NoReturn:
    # The wheel's own has no line editing and no TLS.
    psql = shutil.which("psql") or str(place.for_programs(None) / "psql")
    address, password = without_password(find.url(HERE, "DATABASE_URL"))
    environment = os.environ | ({} if password is None else {"PGPASSWORD": password})
    os.execve(psql, [psql, f"--dbname={address}", *arguments], environment)  # noqa: S606 - no shell is wanted


def without_password(url: str) -> tuple[str, str | None]:
    """Return a database's URL for a command line, which everybody can read, and the password that was in it."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name, _, _ = user.partition(":")
    bare = parts._replace(scheme="postgresql", netloc=f"{name}@{host}" if name else host)
    return bare.geturl(), None if parts.password is None else unquote(parts.password)
