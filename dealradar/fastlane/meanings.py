"""What a request target means, found as the ordinary road finds it: by the same routes, parameters and policies."""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from dealradar.cache import InvalidKeyError
from dealradar.cache.near import Wanted
from dealradar.config import Settings
from dealradar.domain.errors import InvalidError
from dealradar.fastlane.lessons import Lesson
from dealradar.httpcache.overrides import PoliciesInForce
from dealradar.httpcache.plans import Wish, plan
from dealradar.httpcache.policies import Sharing
from dealradar.ratelimit.limits import LIMITS, By, RateLimit
from dealradar.security.callers import ANYBODY
from dealradar.security.permissions import EVERYONE
from dealradar.web import parsing
from dealradar.web.endpoint import Endpoint
from dealradar.web.wiring import ENDPOINTS

log = structlog.get_logger(__name__)
ADDRESSES: Final = next(limit for limit in LIMITS if limit.by is By.ADDRESS and limit.endpoints is None)
CALLERS: Final = next(limit for limit in LIMITS if limit.by is By.CALLER and limit.endpoints is None)
"""The limits that are counted on the short road, and the only ones."""
NOT_PLAIN: Final = frozenset(b"%#")
"""What a path may have that stands for something else."""


class Meanings:
    """What targets mean to *app* under the policies *in_force*."""

    def __init__(self, app: Flask, settings: Settings, in_force: PoliciesInForce) -> None:
        self._app = app
        self._settings = settings
        self._in_force = in_force
        self._routes = app.url_map.bind("localhost")  # routes go by the path alone

    def find(self, target: bytes) -> Lesson | None:
        """Return what a GET of *target* is answered with; None where that isn't the same for everybody.

        None as well for what is refused, redirected, or not plain: the ordinary road says so, or knows.
        """
        told, _, query = target.partition(b"?")
        if b"#" in query or not NOT_PLAIN.isdisjoint(told):
            return None
        path = "/" + told.decode().lstrip("/")  # as routes are matched, and as Werkzeug has a request's path
        try:
            rule, ids = self._routes.match(path, "GET", return_rule=True)
            with self._app.app_context():  # the server's loop has none
                return self._lesson(path, rule, ids, query.decode())
        except (HTTPException, RequestRedirect, InvalidError, InvalidKeyError):
            return None
        except Exception:  # what anybody may write must not end the loop, whatever is wrong with it, or with us
            log.exception("target_not_understood", target=target.decode())
            return None

    def _lesson(self, path: str, rule: Rule, ids: Mapping[str, Any], query: str) -> Lesson | None:
        endpoint: Endpoint | None = ENDPOINTS.get(rule.endpoint)
        if endpoint is None or endpoint.who != EVERYONE or limits_of(rule.endpoint) != [ADDRESSES, CALLERS]:
            return None
        policy = self._in_force.find(endpoint.rule)
        if policy is None or policy.sharing is not Sharing.PUBLIC or not policy.is_enabled:
            return None
        model = endpoint.contract.query
        arguments = self._app.request_class({"QUERY_STRING": query}).args
        wish = Wish(
            ids=ids,
            query=None if model is None else parsing.parsed(model, arguments),
            identity=ANYBODY.identity,
            release=endpoint.representation.release(),
        )
        planned = plan(policy, wish, self._settings)
        return Lesson(planned, policy, route=str(rule), path=path, wanted=Wanted(planned.key, planned.tags))


def limits_of(endpoint: str | None) -> list[RateLimit]:
    """Return the limits that requests to *endpoint* are under."""
    return [limit for limit in LIMITS if limit.covers(endpoint)]
