"""Have the application send its queries, and ask how they are done: with their index, and without it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, event

from dealradar.extensions import db
from dealradar.indexes import Index
from scripts.plans.cases import CASES, Case
from scripts.plans.plan import Plan, Sent, explain
from scripts.plans.values import Value

EXPLAINED: Final = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
TIMES: Final = 3
BY_NAME: Final = {case.name: case for case in CASES}


@dataclass(frozen=True)
class Finding:
    """How one query, asked with one value, is done with its index and without."""

    index: Index
    case: Case
    label: str
    plan: Plan
    without: Plan | None = None

    @property
    def uses_its_index(self) -> bool:
        """Whether the plan reads the index that the query is catalogued for."""
        return self.index.name in self.plan.indexes


def sent_by(case: Case, value: Value) -> Iterator[tuple[str, Sequence[Sent]]]:
    """Yield how the case asks for *value*, and what it sends then: of lists the next page too, where there is one."""
    heard, cursor = _heard(case, value.value)
    yield value.label, heard
    if cursor is not None:
        yield f"{value.label}, next page", _heard(case, value.value, cursor)[0]


def look(index: Index, case: Case, *, analyze: bool) -> Iterator[tuple[Sent, Finding]]:
    """Yield for each value of *case* the statement that reads *index*, or the last one, and how it is done."""
    connection = db.session.connection()
    for value in case.values.pick():
        for label, statements in sent_by(case, value):
            plans = [(one, Finding(index, case, label, _plan(connection, one, analyze=analyze))) for one in statements]
            using = [pair for pair in plans if pair[1].uses_its_index]
            yield (using or plans)[0 if using else -1]


def with_and_without(index: Index) -> Iterator[Finding]:
    """Yield how each query of *index* is done with it and without; nothing is left changed."""
    for name in index.queries:
        case = BY_NAME[name]
        for sent, found in list(look(index, case, analyze=True)):
            yield Finding(index, case, found.label, found.plan, _without(index, sent))


def _without(index: Index, sent: Sent) -> Plan:
    connection = db.session.connection()
    with undone():
        connection.exec_driver_sql(f"DROP INDEX {index.name}")
        return _plan(connection, sent, analyze=True)


def _plan(connection: Connection, sent: Sent, *, analyze: bool) -> Plan:
    """Return the plan of the quickest time, what it reads being in memory by then."""
    plans = []
    for _ in range(TIMES if analyze else 1):
        with undone():
            plans.append(explain(connection, sent, analyze=analyze))
    return min(plans, key=lambda plan: plan.time_ms)


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the database whatever the block does."""
    nested = db.session.connection().begin_nested()  # the session would wait with it until it is used itself
    try:
        yield
    finally:
        nested.rollback()
        db.session.expire_all()


def _heard(case: Case, *asked: Any) -> tuple[Sequence[Sent], str | None]:  # noqa: ANN401  whatever it is about
    heard: list[Sent] = []

    def hear(*told: Any) -> None:  # noqa: ANN401  the event's own signature
        if told[2].lstrip().startswith(EXPLAINED):
            heard.append(Sent(told[2], told[3]))

    connection = db.session.connection()
    with undone():
        event.listen(connection, "before_cursor_execute", hear)
        try:
            answer = case.send(*asked)
        finally:
            event.remove(connection, "before_cursor_execute", hear)
    return heard, getattr(answer, "next_cursor", None) if case.is_list else None
