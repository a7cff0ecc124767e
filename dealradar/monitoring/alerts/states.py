"""What is known of the signals, as the database keeps it."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dealradar.extensions import db
from dealradar.monitoring.alerts.deciding import Side, State
from dealradar.monitoring.alerts.models import SignalState
from dealradar.monitoring.alerts.signals import Signal

_PLAIN: Final = ("began_at", "changed_at", "measured_at", "value", "detail")
_SIDES: Final = ("warning_is_crossed", "warning_contradicted_at", "critical_is_crossed", "critical_contradicted_at")
_COLUMNS: Final = (*_PLAIN, *_SIDES, "rises")


def hold() -> Mapping[Signal, State]:
    """Return what is known of each signal, and keep others from deciding until the caller's transaction ends."""
    known = read(for_update=True)
    if len(known) < len(Signal):
        fresh = [_row(signal, State()) for signal in Signal]
        db.session.execute(insert(SignalState).values(fresh).on_conflict_do_nothing())
        return read(for_update=True)
    return known


def read(*, for_update: bool = False) -> Mapping[Signal, State]:
    """Return what is known of each signal that anything is known of."""
    asked = select(SignalState).where(SignalState.signal.in_(list(Signal))).order_by(SignalState.signal)
    rows = db.session.scalars(asked.with_for_update() if for_update else asked)
    return {Signal(row.signal): _state(row) for row in rows}


def keep(known: Mapping[Signal, State]) -> None:
    """Keep what is *known*; the caller, who holds it, commits."""
    kept = insert(SignalState).values([_row(signal, state) for signal, state in known.items()])
    renewed = {column: kept.excluded[column] for column in _COLUMNS}
    db.session.execute(kept.on_conflict_do_update(index_elements=[SignalState.signal], set_=renewed))


def _row(signal: Signal, state: State) -> dict[str, Any]:
    return {
        "signal": signal,
        "warning_is_crossed": state.warning.is_crossed,
        "warning_contradicted_at": state.warning.contradicted_at,
        "critical_is_crossed": state.critical.is_crossed,
        "critical_contradicted_at": state.critical.contradicted_at,
        "rises": list(state.rises),
        **{name: getattr(state, name) for name in _PLAIN},
    }


def _state(row: SignalState) -> State:
    return State(
        warning=Side(row.warning_is_crossed, row.warning_contradicted_at),
        critical=Side(row.critical_is_crossed, row.critical_contradicted_at),
        rises=tuple(row.rises),
        **{name: getattr(row, name) for name in _PLAIN},
    )
