"""The table: who is counted, where, how many requests they have and for how long. Nothing else limits anybody."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

from dealradar.config import Settings

MINUTE_S: Final = 60
MS_PER_S: Final = 1_000
DASHBOARD_PER_MINUTE: Final = 600
"""About ten dashboards of one office."""


class By(StrEnum):
    """What tells one who asks from another."""

    ADDRESS = "address"
    """The IP address: everybody has one, and a household or an office shares one."""
    CALLER = "caller"
    """The person or API key that the credentials prove, from wherever they ask."""
    ACCOUNT = "account"
    """The account that somebody tries to log in to, whoever they are."""


@dataclass(frozen=True)
class RateLimit:
    """*quota* requests in each window of *window_s* seconds, which begins with the first of them.

    *name* is what clients see. *endpoints* are those that share the quota; None means all but the ``EXEMPT``. Where
    *spares_success*, a request that turns out well is given back; it was counted first all the same, so that many at
    once don't slip through.
    """

    name: str
    by: By
    quota: Callable[[Settings], int]
    window_s: Callable[[Settings], int]
    endpoints: frozenset[str] | None = None
    spares_success: bool = False

    def covers(self, endpoint: str | None) -> bool:
        """Return whether requests to *endpoint* are counted; None is a path that leads nowhere."""
        return endpoint not in EXEMPT if self.endpoints is None else endpoint in self.endpoints


def _requests(settings: Settings) -> int:
    return settings.rate_limit_max_requests


def _window_s(settings: Settings) -> int:
    return ceil(settings.rate_limit_window_ms / MS_PER_S)


def _tries(settings: Settings) -> int:
    return settings.login_max_tries_per_minute


def _joiners(settings: Settings) -> int:
    return settings.register_max_per_minute


def _looks(_settings: Settings) -> int:
    return DASHBOARD_PER_MINUTE


def _minute_s(_settings: Settings) -> int:
    return MINUTE_S


LOG_IN: Final = frozenset({"auth.log_in", "me.log_in"})
REGISTER: Final = frozenset({"auth.register", "me.join"})
PASSWORD: Final = frozenset({"auth.change_password", "me.password"})
MONITORING: Final = frozenset({"ops.alive", "ops.ready", "ops.exposition", "ops.cache_report"})
"""What load balancers and Prometheus ask, all the time and from one address."""
FILES: Final = frozenset({"docs.asset", "admin.asset", "assets.file"})
"""What a browser asks by the dozen for one page, and is read off the disk."""
DASHBOARD: Final = frozenset(
    {
        *("session.renew", "cache.activity", "cache.held", "cache.policies"),
        *(
            "alerts.listing",
            "alerts.signals",
            "alerts.silenced",
            "monitoring.history",
            "monitoring.processes",
            "monitoring.mails",
        ),
    }
)
"""What an open dashboard asks every few seconds."""
EXEMPT: Final = MONITORING | FILES | DASHBOARD
LIMITS: Final = (
    RateLimit("address", By.ADDRESS, _requests, _window_s),
    RateLimit("caller", By.CALLER, _requests, _window_s),
    RateLimit("login-address", By.ADDRESS, _tries, _minute_s, LOG_IN, spares_success=True),
    RateLimit("login-account", By.ACCOUNT, _tries, _minute_s, LOG_IN, spares_success=True),
    RateLimit("password-caller", By.CALLER, _tries, _minute_s, PASSWORD, spares_success=True),
    RateLimit("dashboard-address", By.ADDRESS, _looks, _minute_s, DASHBOARD),
    RateLimit("register-address", By.ADDRESS, _joiners, _minute_s, REGISTER),
)
"""In the order in which they are counted: the first that is used up ends it."""


def named_endpoints() -> frozenset[str]:
    """Return every endpoint that the table names; one that doesn't exist would be limited by nothing."""
    return EXEMPT.union(*(limit.endpoints for limit in LIMITS if limit.endpoints))
