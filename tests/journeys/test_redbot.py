"""Every answer of the running site before an independent linter of HTTP, and where we don't follow it."""

from dataclasses import dataclass
from typing import Final

import pytest
from flask import Flask

from dealradar.domain.users.models import User
from dealradar.httpcache.addresses import address_of
from dealradar.httpcache.policies import POLICIES
from dealradar.security.permissions import EVERYONE
from dealradar.security.sessions import is_own
from dealradar.web.api import FAMILIES
from tests.clients.redbot import Asked, Verdict, judge
from tests.factories.people import token_for
from tests.factories.things import path_of, things_of
from tests.journeys.waiting import eventually
from tests.servers.site import Site

PROTECTED: Final = frozenset(
    address_of(endpoint.rule) for family in FAMILIES for endpoint in family.endpoints if endpoint.who != EVERYONE
)
CACHED: Final = frozenset(address_of(policy.endpoint) for policy in POLICIES)


@dataclass(frozen=True)
class Explained:
    """A *fault* that is none on answers with this Cache-Control, for a *reason*; *at* rules that begin so.

    One that doesn't come each time isn't *sure*.
    """

    fault: str
    cache_control: str
    reason: str
    at: tuple[str, ...] = ("/",)
    is_sure: bool = True


EXPLAINED: Final = (
    Explained("CC_CONFLICTING", "private, no-store", "both say the same; there are CDNs that heed `private` alone"),
    Explained(
        "INM_FULL",
        "private, no-store",
        "what is said of the running site may be something else by the next request",
        at=("/api/alerts", "/api/monitoring/", "/api/cache/"),
        is_sure=False,
    ),
)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """Return what the site is told: to be patient with its store, for an answer past that one has no date."""
    return {**environment, "CACHE_TIMEOUT_MS": "5000"}


@pytest.fixture
def requests(app: Flask, site: Site, alice: User, bob: User, ada: User) -> list[Asked]:
    """Return a GET and a HEAD of each route, about things that there are."""
    ids, token = things_of(alice, bob), token_for(ada)
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [
        Asked(rule, site.url + path_of(rule, ids), method=method, token=token if is_protected(rule) else None)
        for rule in rules
        for method in ("GET", "HEAD")
    ]


def is_protected(rule: str) -> bool:
    return rule in PROTECTED or is_own(rule)


def is_dated(site: Site, asked: Asked) -> bool:
    return "Last-Modified" in site.ask(asked.url.removeprefix(site.url), token=asked.token).headers


def test_a_linter_of_http_finds_no_fault_with_any_answer(site: Site, requests: list[Asked]) -> None:
    cached = [asked for asked in requests if asked.rule in CACHED]
    assert eventually(lambda: not [asked for asked in cached if not is_dated(site, asked)])

    verdicts = judge(requests)

    faults = [(fault, verdict) for verdict in verdicts for fault in verdict.faults]
    seen = {explanation(*each) for each in faults}
    assert [(fault, str(verdict.asked)) for fault, verdict in faults if explanation(fault, verdict) is None] == []
    assert {explained for explained in EXPLAINED if explained.is_sure} <= seen
    assert [verdict for verdict in verdicts if not revalidates(verdict)] == []


def explanation(fault: str, verdict: Verdict) -> Explained | None:
    """Return why *fault* is none, if it isn't."""
    for explained in EXPLAINED:
        is_it = (explained.fault, explained.cache_control) == (fault, verdict.cache_control)
        if is_it and verdict.asked.rule.startswith(explained.at):
            return explained
    return None


def revalidates(verdict: Verdict) -> bool:
    """Return whether 304 was to be had for what a cache may keep, and by its date too where our own keeps it."""
    if verdict.asked.rule in CACHED:
        return verdict.revalidates_by_tag and verdict.revalidates_by_date
    return verdict.revalidates_by_tag or "no-store" in verdict.cache_control
