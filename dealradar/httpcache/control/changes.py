"""Changes of policies at run time, as the database keeps them: what holds, and who changed what before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or

from dealradar.extensions import db
from dealradar.httpcache.control.models import PolicyChange, PolicyOverride
from dealradar.httpcache.overrides import AS_DECLARED, Override

_ONE_AT_A_TIME: Final = text("LOCK TABLE cache_policies IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True)
class Standing:
    """What holds for an endpoint since *changed_at*, and by whose doing."""

    override: Override
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Change:
    """One line of the audit: who changed which endpoint's policy, when, from what and to what."""

    endpoint: str
    changed_by: str
    changed_at: datetime
    before: Override
    after: Override


def standing(*, for_update: bool = False) -> Mapping[str, Standing]:
    """Return what holds, by endpoint, of those that were ever changed.

    With *for_update*, nobody else changes anything until the caller's transaction ends.
    """
    if for_update:
        db.session.execute(_ONE_AT_A_TIME)
    columns = (PolicyOverride.endpoint, PolicyOverride.ttl_s, PolicyOverride.is_enabled)
    rows = db.session.execute(select(*columns, PolicyOverride.changed_by, PolicyOverride.changed_at))
    return {endpoint: Standing(Override(ttl_s, is_on), by, at) for endpoint, ttl_s, is_on, by, at in rows}


def record(endpoint: str, change: Callable[[Override], Override], *, by: str) -> bool:
    """Let what *change* makes of it hold for *endpoint*, and write down that *by* changed it; the caller commits.

    Return whether that is a change at all; what isn't leaves no trace.
    """
    known = standing(for_update=True).get(endpoint)
    before = known.override if known else AS_DECLARED
    after = change(before)
    if after == before:
        return False
    values = {"ttl_s": after.ttl_s, "is_enabled": after.is_enabled, "changed_by": by, "changed_at": func.now()}
    kept = insert_or(PolicyOverride).values(endpoint=endpoint, **values)
    db.session.execute(kept.on_conflict_do_update(index_elements=[PolicyOverride.endpoint], set_=values))
    line = {**values, "endpoint": endpoint, "ttl_s_before": before.ttl_s, "was_enabled": before.is_enabled}
    db.session.execute(insert(PolicyChange).values(line))
    return True


def latest(limit: int) -> Sequence[Change]:
    """Return the *limit* newest changes, the newest first."""
    rows = db.session.scalars(select(PolicyChange).order_by(PolicyChange.id.desc()).limit(limit))
    return [
        Change(
            endpoint=row.endpoint,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
            before=Override(row.ttl_s_before, row.was_enabled),
            after=Override(row.ttl_s, row.is_enabled),
        )
        for row in rows
    ]
