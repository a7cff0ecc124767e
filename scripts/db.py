"""`scripts/dev db`: psql on the running database."""

import os
import shutil
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from scripts import find, place
from scripts.clone import HERE


def main(arguments: Sequence[str]) -> int:
    """Open psql, or let it run what comes on standard input or in the arguments."""
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
