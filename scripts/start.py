"""The order in which everything starts: servers, tables, demo community, application."""

import asyncio
import http.client
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import psycopg

from dealradar.config import Settings
from scripts import flask_command, parts, ports, postgres, running, servers, settings, valkey
from scripts.clone import Clone
from scripts.log import Log
from scripts.parts import Part
from scripts.refused import RefusedError
from scripts.supervise import Supervisor

_SERVER_PATIENCE_S: Final = 60.0
_SITE_PATIENCE_S: Final = 90.0
_ASK_TIMEOUT_S: Final = 10.0
_NOT_RUN: Final = "release"  # what it does is a step of every start here
_WEB: Final = "web"
_ALL_INTERFACES: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - where the site may listen; nothing binds here

_UP: Final = """
  DealRadar is up: {site}

    API and its documentation   {site}api/docs
    health, readiness           {site}health  {site}ready
    metrics                     {site}metrics
{log_ins}
  Ctrl-C stops everything.
"""
_LOG_INS: Final = """\
    log in as                   member, moderator or admin; the password is dealradar-demo
"""


@dataclass(frozen=True)
class Run:
    """What is run: *seed* is the scale of the demo community that an empty database gets, or none."""

    clone: Clone
    settings: Settings
    seed: str
    log: Log


def check_port(given: Settings) -> None:
    """Make sure that the site's port is free.

    Raises:
        RefusedError: It is taken.
    """
    if not ports.is_free(given.host, given.port):
        raise RefusedError(
            f"web: port {given.port} of {given.host} is taken: stop what listens there, or choose another one: "
            f"PORT={given.port + 1} scripts/dev run"
        )


async def serve(run: Run, supervisor: Supervisor) -> None:
    """Bring everything up and go on until cancelled.

    Raises:
        RefusedError: A step failed.
    """
    urls = await _start_servers(run, supervisor)
    running.tell(run.clone, site=_site(run.settings), urls=urls)
    environment = settings.environment(run.settings, urls, clone=run.clone)
    await supervisor.step(_step("migrate", ("db", "upgrade"), run.clone, environment))
    if await asyncio.to_thread(_wants_seed, run, urls["DATABASE_URL"]):
        await supervisor.step(_step("seed", ("seed", "--scale", run.seed), run.clone, environment))
    await _start_application(run, supervisor, environment)
    log_ins = "" if run.settings.is_production else _LOG_INS
    run.log.plain(_UP.format(site=_site(run.settings), log_ins=log_ins))
    await asyncio.Event().wait()


async def _start_servers(run: Run, supervisor: Supervisor) -> dict[str, str]:
    """Start the servers that the developer hasn't named; return the URLs of all."""
    named = {kind.variable: kind.variable.lower() for kind in servers.KINDS}
    urls = {name: getattr(run.settings, field) for name, field in named.items() if settings.names(run.settings, name)}
    await asyncio.to_thread(_check_given, urls, run.log)
    private = await asyncio.to_thread(servers.lasting, run.clone.make_var(), given=urls.keys())
    members = {variable: supervisor.start(server.part) for variable, server in private.items()}
    for variable, server in private.items():
        answers = partial(server.answers, server.url)
        await supervisor.until(members[variable], answers, patience_s=_SERVER_PATIENCE_S)
        supervisor.keep(members[variable])
    return urls | {variable: server.url for variable, server in private.items()}


def _check_given(urls: Mapping[str, str], log: Log) -> None:
    """Look at the servers that the developer has named."""
    if "DATABASE_URL" in urls:
        try:
            postgres.connect(urls["DATABASE_URL"]).close()
        except psycopg.Error as reason:
            raise RefusedError(
                f"DATABASE_URL: the database doesn't let us in: {' '.join(str(reason).split())}"
            ) from None
    if "REDIS_URL" in urls and not valkey.answers(urls["REDIS_URL"]):
        log.alert("the cache (REDIS_URL) doesn't answer; everything will be served from the database")
    if "CELERY_BROKER_URL" in urls and (warning := valkey.broker_warning(urls["CELERY_BROKER_URL"])):
        log.alert(warning)


def _wants_seed(run: Run, database_url: str) -> bool:
    """Whether this is the first start: nobody has an account yet."""
    if run.seed == "none" or run.settings.is_production:
        return False
    with postgres.connect(database_url) as connection:
        return connection.execute("SELECT FROM users LIMIT 1").fetchone() is None


async def _start_application(run: Run, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    metrics = run.clone.var / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    given = {**environment, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    procfile = parts.from_procfile(run.clone.procfile.read_text(), cwd=run.clone.root, environment=given)
    members = {part.name: supervisor.start(part) for part in procfile if part.name != _NOT_RUN}
    for name in members.keys() - {_WEB}:
        supervisor.keep(members[name])
    answers = partial(_answers, _host(run.settings), run.settings.port)
    await supervisor.until(members[_WEB], answers, patience_s=_SITE_PATIENCE_S)
    supervisor.keep(members[_WEB])


def _answers(host: str, port: int) -> bool:
    """Whether the site is ready."""
    connection = http.client.HTTPConnection(host, port, timeout=_ASK_TIMEOUT_S)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _step(name: str, arguments: tuple[str, ...], clone: Clone, environment: Mapping[str, str]) -> Part:
    return Part(name, flask_command.command(*arguments), cwd=clone.root, environment=environment)


def _site(given: Settings) -> str:
    host = _host(given)
    return f"http://{f'[{host}]' if ':' in host else host}:{given.port}/"


def _host(given: Settings) -> str:
    """Return where the site is to be found on this machine."""
    return ports.LOCALHOST if given.host in _ALL_INTERFACES else given.host
