"""PostgreSQL from its wheel: a private server on a private port of the local host."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from scripts import place, ports, secret_files
from scripts.parts import Account, Part, Server, Stage
from scripts.refused import RefusedError

NAME: Final = "postgres"
_OWNER: Final = "dealradar"
_DATABASE: Final = "dealradar"

# Which sorts and folds by code point, the same on each system; the C library's own part of it
# matters only to what PostgreSQL says, and has another name on macOS.
_LIBC_LOCALE: Final = "C.UTF-8" if os.uname().sysname == "Linux" else "en_US.UTF-8"
_LOCALE: Final = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

_SETTINGS: Final = {
    "listen_addresses": ports.LOCALHOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "jit": "off",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
_BRIEF_SETTINGS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# "Fast" first, which rolls back what is under way; SIGTERM would wait for every client to leave.
_STOP: Final = (SIGINT, SIGQUIT)


def lasting(folder: Path) -> Server:
    """Make ready a server that keeps its data in *folder*."""
    return _prepared(folder, _SETTINGS)


def brief(folder: Path) -> Server:
    """Make ready a server for a test run, which may lose everything in a crash."""
    return _prepared(folder, _SETTINGS | _BRIEF_SETTINGS)


def answers(url: str) -> bool:
    """Whether the server lets us in; makes the application's database on the first time."""
    try:
        with connect(url, database="postgres") as connection:
            _make_database(connection, database_of(url))
    except psycopg.OperationalError as reason:
        if "password authentication failed" in str(reason):
            msg = f"{NAME}: its data and the password in var/secrets/{NAME} aren't of the same age; remove var/"
            raise RefusedError(msg) from reason
        return False
    return True


def connect(url: str, *, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to a database as the application's settings name it, in autocommit."""
    dsn = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
    return psycopg.connect(dsn, autocommit=True, connect_timeout=3, dbname=database)


def database_of(url: str) -> str:
    """Return the name of the database in a URL."""
    return urlsplit(url).path.removeprefix("/")


def _prepared(folder: Path, settings: dict[str, str]) -> Server:
    account = Account.unprivileged()
    programs = place.for_programs(account)
    password = secret_files.keep(folder, NAME)
    data = _data(folder, account)
    if not (data / "PG_VERSION").exists():
        _initialise(data, programs=programs, password=password, account=account)
    _check(data, programs, account)
    port = ports.keep(folder, NAME)
    options = [f"--{name}={value}" for name, value in {**settings, "port": str(port)}.items()]
    part = Part(
        NAME,
        (str(programs / "postgres"), "-D", str(data), *options),
        cwd=Path("/"),
        environment=_environment(),
        stage=Stage.SERVER,
        signals=_STOP,
        account=account,
    )
    url = f"postgresql+psycopg://{_OWNER}:{password}@{ports.LOCALHOST}:{port}/{_DATABASE}"
    return Server(part, url, answers)


def _data(folder: Path, account: Account | None) -> Path:
    """Return where the data lies: in *folder*, or where a link in it points to."""
    data = folder / NAME
    if data.is_symlink() or data.exists():
        return data.resolve()
    reachable = place.for_data(folder, account)
    if reachable != folder:
        data.symlink_to(reachable / NAME)
        print(f"postgres runs as nobody, who can't reach {folder}: its data lies in {reachable}", flush=True)
    return reachable / NAME


def _initialise(data: Path, *, programs: Path, password: str, account: Account | None) -> None:
    """Make the data folder, whole or not at all."""
    new = Path(tempfile.mkdtemp(prefix=f"{NAME}.new-", dir=data.parent))
    password_file = new.with_suffix(".password")
    secret_files.write_private(password_file, password)
    if account is not None:
        os.chown(new, account.uid, account.gid)
        os.chown(password_file, account.uid, account.gid)
    try:
        _run_initdb(new, programs=programs, password_file=password_file, account=account)
        new.rename(data)
    finally:
        password_file.unlink()
        shutil.rmtree(new, ignore_errors=True)


def _run_initdb(data: Path, *, programs: Path, password_file: Path, account: Account | None) -> None:
    initdb = [str(programs / "initdb"), "-D", str(data), f"--username={_OWNER}", f"--pwfile={password_file}"]
    initdb += ["--auth=scram-sha-256", f"--locale={_LIBC_LOCALE}", *_LOCALE]
    done = subprocess.run(
        initdb,
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        **Account.popen_options(account),
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())
        msg = f"{NAME}: initdb failed in {data.parent}: {reason}; or set DATABASE_URL to a server of yours"
        raise RefusedError(msg)


def _check(data: Path, programs: Path, account: Account | None) -> None:
    owner = os.geteuid() if account is None else account.uid
    if data.stat().st_uid != owner:
        msg = f"{NAME}: {data} was made by another user (uid {data.stat().st_uid}): run as that user, or remove it"
        raise RefusedError(msg)
    made_by = (data / "PG_VERSION").read_text().strip()
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    ours = said.split()[-1].split(".")[0]
    if made_by != ours:
        msg = (
            f"{NAME}: {data} was made by PostgreSQL {made_by}, and this is {ours}: dump it with that one, or remove it"
        )
        raise RefusedError(msg)


def _environment() -> dict[str, str]:
    """Return nothing of the developer's: PGPORT and its like would reach the server."""
    return {"PATH": os.defpath, "TZ": "UTC", "LC_MESSAGES": "C"}


def _make_database(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> None:
    known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
