"""REDbot, a linter of HTTP: it asks for an answer in several ways and says what is wrong with how it is given."""

from collections.abc import Sequence
from configparser import ConfigParser, SectionProxy
from dataclasses import dataclass
from functools import partial
from typing import Final

import thor
from httplint.note import levels
from redbot.resource import HttpResource

PATIENCE_S: Final = 60.0
"""Catches what never ends."""


@dataclass(frozen=True)
class Asked:
    """A request by a *rule*; *url* names its host by address, for REDbot goes to no name that leads to this machine."""

    rule: str
    url: str
    method: str = "GET"
    token: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


@dataclass(frozen=True)
class Verdict:
    """What REDbot saw: the *faults* (BAD and WARN) of the answer and of those to its further requests, by their names.

    *cache_control* is what the answer tells caches. *revalidates_by_tag* is whether If-None-Match got a 304,
    *revalidates_by_date* whether If-Modified-Since did.
    """

    asked: Asked
    cache_control: str
    faults: frozenset[str]
    revalidates_by_tag: bool
    revalidates_by_date: bool


def judge(requests: Sequence[Asked]) -> list[Verdict]:
    """Return what REDbot has to say about the answers to *requests*, which it sends at once."""
    config = ConfigParser()
    config.read_dict({"redbot": {"enable_local_access": "true"}})
    resources = [_resource(config["redbot"], asked) for asked in requests]
    unfinished = set(range(len(resources)))
    for number, resource in enumerate(resources):
        resource.on("check_done", partial(_finish, number, unfinished))
        resource.check()
    if unfinished:
        thor.schedule(PATIENCE_S, thor.stop)
        thor.run()
    assert not unfinished, f"REDbot is not done with {[requests[number] for number in unfinished]}"
    return [_verdict(asked, resource) for asked, resource in zip(requests, resources, strict=True)]


def _resource(config: SectionProxy, asked: Asked) -> HttpResource:
    resource = HttpResource(config)
    credentials = [] if asked.token is None else [("Authorization", f"Bearer {asked.token}")]
    resource.set_request(asked.url, method=asked.method, headers=credentials)
    return resource


def _finish(number: int, unfinished: set[int]) -> None:
    unfinished.discard(number)
    if not unfinished:
        thor.stop()


def _verdict(asked: Asked, resource: HttpResource) -> Verdict:
    assert resource.fetch_error is None, f"{asked}: {resource.fetch_error}"
    answers = (resource.response, *(check.response for check in resource.subreqs.values()))
    notes = [note for answer in answers for note in answer.notes if note.level in {levels.BAD, levels.WARN}]
    fields = {name.lower(): value.strip() for name, value in resource.response.headers.text}
    return Verdict(
        asked,
        cache_control=fields.get("cache-control", ""),
        faults=frozenset(type(note).__name__ for note in notes),
        revalidates_by_tag=bool(resource.inm_support),
        revalidates_by_date=bool(resource.ims_support),
    )
