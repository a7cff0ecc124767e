"""Tie the short road to an application: it goes by the application's routes, and learns who shows what credential."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from dealradar.cache import Phase, StoreUnavailableError, Trouble
from dealradar.cache.connections import Command, Reply
from dealradar.cache.near import NearCache
from dealradar.cache.wire import Wire
from dealradar.config import Settings
from dealradar.fastlane.accounts import Accounts
from dealradar.fastlane.bearers import Bearers
from dealradar.fastlane.lane import Lane, Parts
from dealradar.fastlane.lessons import Lessons
from dealradar.fastlane.meanings import ADDRESSES, CALLERS, Meanings
from dealradar.fastlane.tolls import quota_of
from dealradar.fastlane.wording import Wording
from dealradar.httpcache import overrides, stores, trace
from dealradar.monitoring import hit_lines
from dealradar.security import authentication
from dealradar.web import caller
from dealradar.web.answer import PLANNED
from dealradar.web.ratelimits import COUNTERS

EXTENSION: Final = "fastlane"
"""Where an application keeps what makes a lane, given what the server calls itself; None without a cache."""


MakeLane = Callable[[str], Lane]
"""Makes a lane, given what the server calls itself."""


@dataclass(frozen=True)
class Known:
    """What targets mean, and who has shown which credential on the ordinary road."""

    lessons: Lessons
    bearers: Bearers


def connect(app: Flask, settings: Settings) -> None:
    """Let *app*, whose routes are registered, be answered for out of the cache by a server that knows how to."""
    with app.app_context():
        wire = stores.wire()
        in_force = overrides.current()
    lessons = Lessons(in_force, Meanings(app, settings, in_force).find)
    app.extensions[EXTENSION] = None
    if wire is None:
        return
    known = Known(lessons, Bearers(settings.secret_key.get_secret_value().encode(), quota_of(CALLERS, settings)))
    app.after_request(partial(_meet, settings, known))
    app.extensions[EXTENSION] = partial(_lane, app, settings, known, wire)


def _lane(app: Flask, settings: Settings, known: Known, wire: Wire, server: str) -> Lane:
    return Lane(
        Parts(
            settings=settings,
            exchange=partial(_exchange, wire),
            lessons=known.lessons,
            bearers=known.bearers,
            near=NearCache(settings.cache_near_max_bytes),
            counters=app.extensions[COUNTERS],
            quota=quota_of(ADDRESSES, settings),
            wording=Wording(settings, server),
            accounts=Accounts(app, hit_lines.line_for(settings), trace.of(app)),
        )
    )


def _exchange(wire: Wire, commands: Sequence[Command]) -> list[Reply]:
    if wire.breaker.circuit.phase is not Phase.CLOSED:  # the server's loop isn't the one to find out
        raise StoreUnavailableError(Trouble.BREAKER_OPEN, wire.breaker.circuit.last_error or "")
    return wire.exchange(commands)


def _meet(settings: Settings, known: Known, response: Response) -> Response:
    if response.status_code >= HTTPStatus.BAD_REQUEST or PLANNED not in request.environ:
        return response
    credential = authentication.shown(request.headers.get("Authorization"), request.headers.get("X-API-Key"))
    if credential is not None and settings.cache_bust_on_write:  # else a record says nothing
        known.bearers.meet(credential, caller.admit())
    return response
