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
from scripts.plans.plan import Sent

AVOIDED: Final = {False: ("seqscan", "bitmapscan", "sort"), True: ("seqscan",)}
"""What PostgreSQL is to do without if it can, for a search and for anything else."""


def test_the_queries_that_are_planned_are_those_of_the_catalogue() -> None:
    catalogued = [name for index in CATALOGUE for name in index.queries]

    assert sorted(catalogued) == sorted(case.name for case in CASES)


@pytest.fixture(scope="module")
def community(_migrated: Flask) -> Flask:
    """Return the application with a small community that has been analysed."""
    _migrated.test_cli_runner().invoke(args=["seed"])
    with _migrated.app_context():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
    return _migrated


@pytest.mark.parametrize("index", CATALOGUE, ids=lambda index: index.name)
def test_every_query_reads_the_index_that_it_is_catalogued_for(community: Flask, index: Index) -> None:
    with community.app_context():
        fill(index.table, 2_000)
        missed = [
            f"{case.name} ({finding.label}): {sorted(finding.plan.indexes)}"
            for case in (BY_NAME[name] for name in index.queries)
            for _, finding in _looked(index, case)
            if not finding.uses_its_index
        ]
        db.session.rollback()

    assert missed == []


def test_explaining_a_query_with_its_index_and_without_it_leaves_both_as_they_were(community: Flask) -> None:
    index = next(index for index in CATALOGUE if index.name == "idx_tokens_expires")
    with community.app_context():
        fill(index.table, 2_000)
        found = list(with_and_without(index))
        tokens = db.session.scalar(text("SELECT count(*) FROM tokens"))
        names = presence.present(db.session.connection())
        db.session.rollback()

    assert [(one.uses_its_index, index.name in one.without.indexes) for one in found if one.without] == [(True, False)]
    assert tokens == 2_000
    assert index.name in names


def _looked(index: Index, case: Case) -> Iterator[tuple[Sent, Finding]]:
    with undone():
        for way in AVOIDED[case.is_search]:
            db.session.execute(text(f"SET LOCAL enable_{way} = off"))
        if case.is_search:
            _drop_all_beside(index)
        yield from look(index, case, analyze=False)


def _drop_all_beside(index: Index) -> None:
    """Drop the other indexes of the table: of so few rows it is cheaper to read one of these whole than to search."""
    for other in CATALOGUE:
        if other.table == index.table and other != index:
            db.session.execute(text(f"DROP INDEX {other.name}"))
