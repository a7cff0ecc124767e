"""A target of invalidation that does as the test says, and what the outbox has of it."""

from dataclasses import dataclass, field
from threading import Event
from typing import Final

from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import STORE, Backoff, Batch

PATIENCE_S: Final = 10.0
LONG: Final = Backoff(first_s=3_600.0, max_s=3_600.0)
OWE: Final = text("""
    INSERT INTO cache_outbox (tag, kind, created_at, delivered_to)
    SELECT unnest(CAST(:tags AS text[])), :kind, now() - interval '1 hour', CAST(:told AS text[])
""")


@dataclass
class Edge:
    """A target that notes what it *heard*; refuses with *fault*, and answers only when *may_answer*."""

    name: str = "edge"
    batch_tags: int = 100
    pace_s: float = 0.0
    backoff: Backoff = LONG
    fault: BaseException | None = None
    heard: list[Batch] = field(default_factory=list)
    may_answer: Event = field(default_factory=Event)
    is_asked: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    def deliver(self, batch: Batch) -> None:
        """Do as the test says."""
        self.is_asked.set()
        assert self.may_answer.wait(PATIENCE_S)
        if self.fault is not None:
            raise self.fault
        self.heard.append(batch)

    @property
    def tags(self) -> list[tuple[str, ...]]:
        """Return the tags of each batch that it heard."""
        return [batch.tags for batch in self.heard]


def owe(*tags: str, kind: Kind = Kind.STRICT, is_stored: bool = True) -> None:
    """Let *tags* be owed for an hour, to all but the local store if that *is_stored*."""
    db.session.execute(OWE, {"tags": list(tags), "kind": kind, "told": [STORE.name] if is_stored else []})
    db.session.commit()


def told() -> dict[str, list[str]]:
    """Return by tag who was told of it, in that order."""
    found = db.session.execute(text("SELECT tag, delivered_to FROM cache_outbox ORDER BY tag")).all()
    db.session.rollback()
    return {tag: list(names) for tag, names in found}


def owed() -> list[str]:
    """Return the tags that not everybody was told of."""
    tags = list(db.session.scalars(text("SELECT tag FROM cache_outbox WHERE delivered_at IS NULL ORDER BY tag")))
    db.session.rollback()
    return tags


def let_pass(seconds: float) -> None:
    """Make what was told be told so much earlier, and those who are left alone have waited so much longer."""
    interval = f"make_interval(secs => {seconds})"
    db.session.execute(text(f"UPDATE cache_outbox SET told_at = told_at - {interval}"))  # noqa: S608  the test's own words
    db.session.execute(text(f"UPDATE cache_targets SET retry_at = retry_at - {interval}"))  # noqa: S608  likewise
    db.session.commit()
