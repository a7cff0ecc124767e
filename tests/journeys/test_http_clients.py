"""Caches that others wrote, in front of the running site: nobody is shown what is old or somebody else's."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

import pytest
from flask import Flask

from dealradar.config import Settings
from dealradar.domain.users.models import User
from tests.clients.chromium import MISSING, chromium
from tests.clients.playing import Client, Stage, play
from tests.clients.python_caches import cached_session, hishel
from tests.clients.script import Cache, expected
from tests.clients.story import ALICE, BOB, HERS, STEPS
from tests.factories.deals import make_deal
from tests.factories.people import token_for
from tests.factories.reviews import make_review
from tests.servers.site import ROOT, Site
from tests.servers.witness import Witness

LONG: Final = "They sit well and last a day. " * 40
"""Enough to be compressed."""


@dataclass(frozen=True)
class Switch:
    """What an operator may have said, and whether caches may then keep anything that is worth it."""

    told: tuple[tuple[str, str], ...] = ()
    lets_keep: bool = True


SWITCHES: Final = {
    "as it is": Switch(),
    "without ETags": Switch((("HTTP_ETAG_ENABLED", "false"),), lets_keep=False),
    "without HTTP caching": Switch((("HTTP_CACHE_ENABLED", "false"),), lets_keep=False),
}


@dataclass(frozen=True)
class Judge:
    """A client that others wrote, and of what kind its cache is."""

    at: Callable[[str], AbstractContextManager[Client]]
    cache: Cache = Cache.PRIVATE
    missing: str | None = None


JUDGES: Final = {
    "hishel, private": Judge(partial(hishel, is_shared=False)),
    "hishel, shared": Judge(partial(hishel, is_shared=True), Cache.SHARED),
    "requests-cache": Judge(cached_session),
    "Chromium": Judge(chromium, missing=MISSING),
}


@pytest.fixture(scope="module", params=SWITCHES)
def switch(request: pytest.FixtureRequest) -> Switch:
    """Return what the operator has said."""
    return SWITCHES[request.param]


@pytest.fixture(scope="module")
def site(
    _migrated: Flask, settings: Settings, switch: Switch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return the running site, patient with its store: what comes without that one isn't compressed."""
    environment = {
        "DEALRADAR_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "CELERY_BROKER_URL": settings.celery_broker_url,
        "CACHE_TIMEOUT_MS": "5000",
        "WEB_CONCURRENCY": "2",
        **dict(switch.told),
    }
    site = Site(environment, tmp_path_factory.mktemp("site") / "web.log")
    site.start()
    yield site
    site.stop()


@pytest.fixture
def witness(site: Site) -> Iterator[Witness]:
    """Return who stands between a client and the site."""
    with Witness(site.url).running() as witness:
        yield witness


@pytest.fixture
def stage(app: Flask, alice: User, bob: User) -> Stage:  # noqa: ARG001  its context
    """Return how things are before the story begins."""
    deal = make_deal(alice)
    review = make_review(deal, alice, title=HERS, body=LONG)
    return Stage(ids={"deal": deal.id, "hers": review.id}, tokens={ALICE: token_for(alice), BOB: token_for(bob)})


@pytest.mark.parametrize("name", JUDGES)
def test_a_cache_asks_each_time_is_sent_only_what_has_changed_and_shows_nothing_old_or_foreign(
    name: str, switch: Switch, witness: Witness, stage: Stage
) -> None:
    judge = JUDGES[name]
    if judge.missing is not None:
        pytest.skip(f"NOT TESTED: {judge.missing}")

    with judge.at(witness.url) as client:
        wrong = list(play(STEPS, client, stage))

    answers = [e.status for e in witness.exchanges if e.method == "GET" and e.path.startswith("/api/")]
    print(row(name, answers, wrong=len(wrong)))  # noqa: T201  the figures of docs/performance.md, for -s
    assert wrong == []
    assert answers == list(expected(STEPS, judge.cache if switch.lets_keep else Cache.NONE))


def row(name: str, answers: Sequence[int], *, wrong: int) -> str:
    """Return a line of the table in docs/performance.md: how often the site was asked, and what it answered."""
    count = Counter(answers)
    refused = count.total() - count[HTTPStatus.OK] - count[HTTPStatus.NOT_MODIFIED]
    figures = (count.total(), count[HTTPStatus.OK], count[HTTPStatus.NOT_MODIFIED], refused, wrong)
    return f"| {name} | {' | '.join(map(str, figures))} |"


@pytest.mark.parametrize("name", JUDGES)
def test_the_documentation_has_the_figures_that_follow_from_the_script(name: str) -> None:
    told = (ROOT / "docs" / "performance.md").read_text()

    assert row(name, list(expected(STEPS, JUDGES[name].cache)), wrong=0) in told
