"""The plans of a small community: other than at scale PostgreSQL would rather read tables whole, and is told not to."""

from collections.abc import Iterator
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.indexes import CATALOGUE, Index, presence
from scripts.plans.cases import CASES, Case
from scripts.plans.filling import fill
from scripts.plans.measuring import BY_NAME, Finding, look, undone, with_and_without

AVOIDED: Final = {False: ("seqscan", "bitmapscan", "sort"), True: ("seqscan",)}
"""What PostgreSQL is to do without if it can, for a search and for anything else."""
FILLED_ROWS: Final = 2_000


def test_the_queries_that_are_planned_are_those_of_the_catalogue() -> None:
    catalogued = [name for index in CATALOGUE for name in index.queries]

    assert sorted(catalogued) == sorted(case.name for case in CASES)


@pytest.fixture
def community(app: Flask) -> Flask:
    """Return the application with a small community that has been analysed."""
    app.test_cli_runner().invoke(args=["seed"])
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return app


@pytest.mark.usefixtures("community")
def test_every_query_reads_the_index_that_it_is_catalogued_for() -> None:
    missed = [
        f"{index.name}: {case.name} ({finding.label}) reads {sorted(finding.plan.indexes)}"
        for index in CATALOGUE
        for case in (BY_NAME[name] for name in index.queries)
        for finding in _looked(index, case)
        if not finding.uses_its_index
    ]

    assert missed == []


@pytest.mark.usefixtures("community")
def test_explaining_a_query_with_its_index_and_without_it_leaves_both_as_they_were() -> None:
    index = next(index for index in CATALOGUE if index.name == "idx_tokens_expires")
    fill(index.table, FILLED_ROWS)

    found = list(with_and_without(index))

    assert [(one.uses_its_index, index.name in one.without.indexes) for one in found if one.without] == [(True, False)]
    assert db.session.scalar(text("SELECT count(*) FROM tokens")) == FILLED_ROWS
    assert index.name in presence.present(db.session.connection())


def _looked(index: Index, case: Case) -> Iterator[Finding]:
    with undone():
        fill(index.table, FILLED_ROWS)
        for way in AVOIDED[case.is_search]:
            db.session.execute(text(f"SET LOCAL enable_{way} = off"))
        _drop_all_beside(index)
        for _, finding in look(index, case, analyze=False):
            yield finding


def _drop_all_beside(index: Index) -> None:
    """Drop the other indexes of the table: of so few rows it hardly matters which is read, be it whole."""
    for other in CATALOGUE:
        if other.table == index.table and other != index:
            db.session.execute(text(f"DROP INDEX {other.name}"))
