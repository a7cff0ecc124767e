"""The folder in which a private PostgreSQL keeps its data: where it lies, made whole or not at all."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts import place, secret_files
from scripts.parts import Account
from scripts.refused import RefusedError

OWNER: Final = "dealradar"

# Sorts and folds by code point, the same on each system; the C library's own locale
# matters only to what PostgreSQL says, and has another name on macOS.
_LOCALE: Final = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_LIBC_LOCALE: Final = "C.UTF-8" if os.uname().sysname == "Linux" else "en_US.UTF-8"

# Nothing of the developer's: PGPORT and its like would reach the server.
ENVIRONMENT: Final = {"PATH": os.defpath, "TZ": "UTC", "LC_MESSAGES": "C"}


@dataclass(frozen=True)
class Tools:
    """PostgreSQL's programs, the account that they run as, and the password of the database's owner."""

    programs: Path
    account: Account | None
    password: str = field(repr=False)


def ready(folder: Path, tools: Tools, *, initdb_options: tuple[str, ...] = ()) -> Path:
    """Return the data folder that belongs to *folder*, made on the first call.

    Raises:
        RefusedError: It can't be made, or another user or another PostgreSQL has made it.
    """
    data = _place(folder, tools.account)
    if not (data / "PG_VERSION").exists():
        _make(data, tools, initdb_options)
    _check(data, tools)
    return data


def _place(folder: Path, account: Account | None) -> Path:
    """Return where the data lies: in *folder*, or where a link in it points to."""
    data = folder / "postgres"
    reachable = place.for_data(folder, account)
    if data.is_symlink() or data.exists() or reachable == folder:
        return data.resolve()
    data.symlink_to(reachable / "postgres")
    print(f"postgres runs as nobody, who can't reach {folder}: its data lies in {reachable}", flush=True)
    return data.resolve()


def _make(data: Path, tools: Tools, initdb_options: tuple[str, ...]) -> None:
    new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=data.parent))
    password_file = new.with_suffix(".password")
    secret_files.write_private(password_file, tools.password)
    if tools.account is not None:
        os.chown(new, tools.account.uid, tools.account.gid)
        os.chown(password_file, tools.account.uid, tools.account.gid)
    try:
        _initdb((f"--pgdata={new}", f"--pwfile={password_file}", *initdb_options), tools)
        new.rename(data)
    finally:
        password_file.unlink()
        shutil.rmtree(new, ignore_errors=True)


def _initdb(options: tuple[str, ...], tools: Tools) -> None:
    ours = ("--auth=scram-sha-256", f"--username={OWNER}", f"--locale={_LIBC_LOCALE}", *_LOCALE)
    done = subprocess.run(
        (str(tools.programs / "initdb"), *ours, *options),
        cwd="/",
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        **Account.popen_options(tools.account),
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())
        raise RefusedError(f"postgres: initdb failed: {reason}; or set DATABASE_URL to a server of yours")


def _check(data: Path, tools: Tools) -> None:
    found = data.stat().st_uid
    if found != (os.geteuid() if tools.account is None else tools.account.uid):
        raise RefusedError(f"postgres: {data} was made by another user ({found}): run as that user, or remove it")
    made_by = (data / "PG_VERSION").read_text().strip()
    said = subprocess.run((tools.programs / "postgres", "--version"), capture_output=True, text=True, check=True)
    ours = said.stdout.split()[-1].split(".")[0]
    if made_by != ours:
        raise RefusedError(f"postgres: {data} is of PostgreSQL {made_by}, and this is {ours}: dump it, or remove it")
