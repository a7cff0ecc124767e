"""Tie the short road to an application: it learns from the application's requests, and serves beside them."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from dealradar.cache import Phase, StoreUnavailableError, Trouble
from dealradar.cache.near import NearCache
from dealradar.cache.wire import Command, Reply, Wire
from dealradar.config import Settings
from dealradar.fastlane.accounts import Accounts
from dealradar.fastlane.lane import Lane, Parts
from dealradar.fastlane.lessons import ANYBODYS, Lessons, learn
from dealradar.fastlane.tolls import quota_of
from dealradar.fastlane.wording import Wording
from dealradar.httpcache import overrides, stores
from dealradar.monitoring import hit_lines
from dealradar.web import caller
from dealradar.web.answer import PLANNED
from dealradar.web.ratelimits import COUNTERS

EXTENSION: Final = "fastlane"
"""Where an application keeps what makes a lane, given what the server calls itself; None without a cache."""


def connect(app: Flask, settings: Settings) -> None:
    """Let *app*, whose routes are registered, be answered for out of the cache by a server that knows how to."""
    with app.app_context():
        wire = stores.wire()
        lessons = Lessons(overrides.current())
    app.extensions[EXTENSION] = None
    if wire is None:
        return
    app.after_request(partial(_learn, lessons))
    app.extensions[EXTENSION] = partial(_lane, app, settings, lessons, wire)


def _lane(app: Flask, settings: Settings, lessons: Lessons, wire: Wire, server: str) -> Lane:
    return Lane(
        Parts(
            settings=settings,
            exchange=partial(_exchange, wire),
            lessons=lessons,
            near=NearCache(settings.cache_near_max_bytes),
            counters=app.extensions[COUNTERS],
            quota=quota_of(ANYBODYS, settings),
            wording=Wording(settings, server),
            accounts=Accounts(app, hit_lines.line_for(settings)),
        )
    )


def _exchange(wire: Wire, commands: Sequence[Command]) -> list[Reply]:
    if wire.breaker.circuit.phase is not Phase.CLOSED:  # the server's loop isn't the one to find out
        raise StoreUnavailableError(Trouble.BREAKER_OPEN, wire.breaker.circuit.last_error or "")
    return wire.exchange(commands)


def _learn(lessons: Lessons, response: Response) -> Response:
    if response.status_code < HTTPStatus.BAD_REQUEST and PLANNED in request.environ:
        learn(lessons, request, caller.admit())
    return response
