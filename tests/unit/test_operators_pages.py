"""What the operators' pages tell to type exists: commands, their options, routes, settings, metrics, and places."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from prometheus_client import REGISTRY
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.web import owing
from scripts.bench.command import BENCHES
from scripts.commands import COMMANDS
from scripts.consistency import command as consistency
from scripts.drill import command as drill
from scripts.load import command as load

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("operations.md", "alerts.md")
NOT_OURS = frozenset(
    {
        *("PROMETHEUS_MULTIPROC_DIR", "PYTHONDONTWRITEBYTECODE", "WORKER_CONCURRENCY", "TOKEN"),
        *("HIT", "MISS", "BYPASS", "STALE", "TERM", "HUP", "SELECT", "TABLE", "INFO", "NOPERM", "ANALYZE"),
    }
)
"""Words in capitals that are no settings: what others read, and what isn't a variable."""

BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
SETTING = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$")
ROUTE = re.compile(r"(?:^|[ (]|:3001)(/(?:api|admin|metrics|health|ready)\b[\w/.-]*)")
FLASK = re.compile(r"(?:^|[;&|(] *)flask (?:--app wsgi )?(?P<rest>[^;&|]*)")
DEV = re.compile(r"scripts/dev (?P<rest>[^;&|]*)")
METRIC = re.compile(r"^(dealradar_[a-z_]+?)(?:_total)?(?:\{.*\})?$")
LINK = re.compile(r"\]\((?P<page>[\w.]*)#(?P<anchor>[\w-]+)\)")


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application that asks no server."""
    return create_app(Settings.from_environment(_env_file=None, dealradar_env="test"))


def _typed(page: str) -> Iterator[str]:
    """Yield what *page* has in monospace: each line of its shell blocks, and each span."""
    text = (DOCS / page).read_text()
    for block in BLOCK.finditer(text):
        if block["language"] == "sh":
            yield from (line.partition(" # ")[0].strip() for line in block["text"].replace("\\\n", " ").splitlines())
    yield from SPAN.findall(BLOCK.sub("", text))


def _found(page: str, pattern: re.Pattern[str]) -> list[str]:
    return sorted({match["rest"].strip() for typed in _typed(page) for match in pattern.finditer(typed)})


def _walk(command: click.Command, words: list[str]) -> tuple[click.Command, list[str]]:
    while words and isinstance(command, click.Group) and (inner := command.commands.get(words[0])) is not None:
        command, words = inner, words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_application_that_is_told_exists_with_its_options(page: str, app: Flask) -> None:
    unknown = []
    for typed in _found(page, FLASK):
        command, rest = _walk(app.cli, shlex.split(typed))
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        options = {word.partition("=")[0] for word in rest if word.startswith("--")}
        is_unnamed_group = isinstance(command, click.Group) and rest and not rest[0].startswith("-")
        if command is app.cli or is_unnamed_group or not options <= {*known, "--help"}:
            unknown.append(typed)

    assert unknown == []
    assert _found(page, FLASK)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_developers_that_is_told_exists(page: str) -> None:
    verbs = {command.name for command in COMMANDS}

    assert {typed.split()[0] for typed in _found(page, DEV)} <= verbs


def test_what_measures_and_rehearses_takes_what_is_told() -> None:
    names = {bench.name for bench in BENCHES}
    told = [shlex.split(typed) for typed in _found("operations.md", DEV)]
    parsers = {"check-consistency": consistency.wish_of, "drill": drill.wish_of, "load": load.wish_of}

    assert {words[1] for words in told if words[0] == "bench"} <= names
    for verb, *arguments in told:
        if verb in parsers:
            parsers[verb](arguments)


@pytest.mark.parametrize("page", PAGES)
def test_every_route_that_is_told_exists(page: str, app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    told = {path for typed in _typed(page) for path in ROUTE.findall(typed)}

    assert [path for path in sorted(told) if not _leads_anywhere(routes, path)] == []
    assert page != "operations.md" or {"/ready", "/metrics/cache", "/api/categories"} <= told


def _leads_anywhere(routes: MapAdapter, path: str) -> bool:
    return any(_matches(routes, path, method) for method in ("GET", "POST"))


def _matches(routes: MapAdapter, path: str, method: str) -> bool:
    try:
        routes.match(path, method=method)
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_told_exists(page: str) -> None:
    told = {typed.partition("=")[0] for typed in _typed(page)}
    names = {word for word in told if SETTING.match(word)} - NOT_OURS

    assert names <= {field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES)
def test_every_metric_that_is_told_exists(page: str) -> None:
    measured = {family.name for family in REGISTRY.collect()} | {name.removesuffix("_total") for name in owing.FAMILIES}
    told = {match[1] for typed in _typed(page) if (match := METRIC.match(typed)) is not None}

    assert told <= measured


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_heading(page: str) -> None:
    for match in LINK.finditer((DOCS / page).read_text()):
        headings = re.findall(r"^#+ (.+)$", (DOCS / (match["page"] or page)).read_text(), re.MULTILINE)

        assert match["anchor"] in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
