"""PostgreSQL from its wheel: a private server on a private port of the local host."""

import re
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from scripts import place, ports, postgres_data, secret_files
from scripts.parts import Account, Part, Server, Stage
from scripts.postgres_data import Tools
from scripts.refused import RefusedError

_NAME: Final = "postgres"
_DATABASE: Final = "dealradar"
_SETTINGS: Final = {
    "listen_addresses": ports.LOCALHOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "jit": "off",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
_BRIEF_SETTINGS: Final = _SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
}

# "Fast" first, which rolls back what is under way; SIGTERM would wait for every client to leave.
_STOP: Final = (SIGINT, SIGQUIT)


def lasting(folder: Path) -> Server:
    """Make ready a server that keeps its data in *folder*."""
    tools = _tools(folder)
    return _server(folder, tools, data=postgres_data.ready(folder, tools), settings=_SETTINGS)


def brief(folder: Path) -> Server:
    """Make ready a server for a test run, which may lose everything in a crash."""
    tools = _tools(folder)
    data = postgres_data.ready(folder, tools, initdb_options=("--no-sync",))
    return _server(folder, tools, data=data, settings=_BRIEF_SETTINGS)


def answers(url: str) -> bool:
    """Whether a private server lets us in; makes the application's database on the first time.

    Raises:
        RefusedError: It is there, and the password isn't its own.
    """
    try:
        with connect(url, database="postgres") as connection:
            _make_database(connection, urlsplit(url).path.removeprefix("/"))
    except psycopg.OperationalError as reason:
        if "password authentication failed" in str(reason):
            kept = f"var/secrets/{_NAME}"
            raise RefusedError(f"{_NAME}: the password in {kept} isn't that of its data: remove var/") from reason
        return False
    return True


def connect(url: str, *, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to a database as the application's settings name it, in autocommit."""
    dsn = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
    return psycopg.connect(dsn, autocommit=True, connect_timeout=3, dbname=database)


def _tools(folder: Path) -> Tools:
    account = Account.unprivileged()
    return Tools(place.for_programs(account), account, secret_files.keep(folder, _NAME))


def _server(folder: Path, tools: Tools, *, data: Path, settings: dict[str, str]) -> Server:
    port = ports.keep(folder, _NAME)
    options = [f"--{name}={value}" for name, value in {**settings, "port": str(port)}.items()]
    part = Part(
        _NAME,
        (str(tools.programs / "postgres"), "-D", str(data), *options),
        cwd=Path("/"),
        environment=postgres_data.ENVIRONMENT,
        stage=Stage.SERVER,
        signals=_STOP,
        account=tools.account,
    )
    url = f"postgresql+psycopg://{postgres_data.OWNER}:{tools.password}@{ports.LOCALHOST}:{port}/{_DATABASE}"
    return Server(part, url, answers)


def _make_database(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> None:
    known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
