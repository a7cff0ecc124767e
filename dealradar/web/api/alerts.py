"""Alerts over HTTP: what fires and fired, who looks after it, and of what nobody is told for a while."""

from datetime import UTC, datetime

from dealradar.domain.shapes import Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.monitoring.alerts import overview, silences
from dealradar.monitoring.alerts.shapes import (
    AlertOut,
    AlertQuery,
    SignalsOut,
    SilenceDraft,
    SilenceOut,
    SilencesOut,
)
from dealradar.security.permissions import ADMIN
from dealradar.web.endpoint import Routes

routes = Routes("alerts")


@routes.get("/alerts", who=ADMIN)
def listing(query: AlertQuery) -> Page[AlertOut]:
    """List alerts: those that fire, then those that are over, the latest of each first."""
    return overview.listing(query)


@routes.get("/alerts/signals", who=ADMIN)
def signals() -> SignalsOut:
    """Show what each signal is just now, and from where on it is bad."""
    return overview.signals(now=datetime.now(UTC))


@routes.post("/alerts/<int:alert_id>/acknowledge", who=ADMIN)
def acknowledge(alert_id: int, by: Actor) -> AlertOut:
    """Say that one looks after an alert: nobody is reminded of it, unless it gets worse."""
    with transaction():
        return overview.acknowledge(alert_id, by=_name(by), now=datetime.now(UTC))


@routes.get("/alerts/silences", who=ADMIN)
def silenced() -> SilencesOut:
    """List the silences that hold."""
    return overview.silenced(now=datetime.now(UTC))


@routes.post("/alerts/silences", who=ADMIN, status=201)
def silence(body: SilenceDraft, by: Actor) -> SilenceOut:
    """Let nobody be told of a signal before a time; what is still bad then is told then."""
    with transaction():
        return overview.silence(body, by=_name(by), now=datetime.now(UTC))


@routes.delete("/alerts/silences/<int:silence_id>", who=ADMIN)
def lift(silence_id: int, by: Actor) -> None:
    """End a silence before its time."""
    with transaction():
        silences.lift(silence_id, by=_name(by), now=datetime.now(UTC))


def _name(actor: Actor) -> str:
    return f"user:{actor.user_id}"
