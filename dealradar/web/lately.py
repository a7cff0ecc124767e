"""How the site did of late, for whoever looks at measures."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from dealradar.domain.reading import read_only
from dealradar.httpcache import policies
from dealradar.httpcache.addresses import PAGES, policy_path_of
from dealradar.monitoring.windows import NAMED_SPANS_S, EndpointWindow, Window, read_windows

log = structlog.get_logger(__name__)


def windows() -> dict[str, Window] | None:
    """Return the windows by their names, of endpoints by their rules, None while the database is away."""
    try:
        with read_only():
            read = read_windows(tuple(NAMED_SPANS_S.values()), now=datetime.now(UTC))
    except SQLAlchemyError as error:
        log.warning("windows_unknown", error=type(error).__name__)
        return None
    return {
        name: replace(window, endpoints=_by_rule(window.endpoints))
        for name, window in zip(NAMED_SPANS_S, read, strict=True)
    }


def _by_rule(endpoints: Mapping[str, EndpointWindow]) -> dict[str, EndpointWindow]:
    """Return the figures of the API and of what else is cached, by the names that policies have for it."""
    by_rule = {policy_path_of(route): figures for route, figures in endpoints.items()}
    return {rule: each for rule, each in by_rule.items() if not rule.startswith(PAGES) or policies.find(rule)}
