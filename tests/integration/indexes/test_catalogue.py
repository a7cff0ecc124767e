from collections import Counter
from itertools import permutations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from dealradar.extensions import Base, db
from dealradar.indexes import CATALOGUE, Index, presence
from dealradar.indexes.presence import Present, State

BEFORE = "0004"


def _present() -> dict[str, Present]:
    with db.engine.connect() as connection:
        return dict(presence.present(connection))


def test_there_are_fifty_five_indexes_each_with_a_name_of_its_own() -> None:
    assert len(CATALOGUE) == 55
    assert {index.name for index in CATALOGUE} >= {"idx_reviews_deal_sort", "idx_comments_deal", "idx_reports_status"}
    assert [name for name, times in Counter(index.name for index in CATALOGUE).items() if times > 1] == []


@pytest.mark.parametrize("index", CATALOGUE, ids=lambda index: index.name)
def test_an_index_is_named_after_its_table_and_says_what_it_is_for(index: Index) -> None:
    names = (index.table, index.table.removesuffix("s"), index.table.removeprefix("cache_"))

    assert index.name.startswith(tuple(f"idx_{name}_" for name in names))
    assert index.queries


def test_no_index_begins_as_another_one_does_that_has_more() -> None:
    covered = [
        (one.name, other.name)
        for one, other in permutations(CATALOGUE, 2)
        if (one.table, one.where, one.method) == (other.table, other.where, other.method)
        and other.keys[: len(one.keys)] == one.keys
    ]

    assert covered == []


def test_a_migrated_database_has_the_indexes_of_the_catalogue_and_no_others(app: Flask) -> None:
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        states = presence.states(connection, CATALOGUE)
        ours = {name for name in presence.present(connection) if name.startswith("idx_")}

    assert {name: state for name, state in states.items() if state is not State.READY} == {}
    assert ours == states.keys()


def test_the_models_say_what_the_migrations_made(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert differences == []


def test_migrating_down_leaves_the_indexes_that_there_were_before(bystander: Flask) -> None:
    with bystander.app_context():
        upgrade(revision=BEFORE)
        before = _present()
        upgrade()
        downgrade(revision=BEFORE)
        after = _present()

    assert {(one.name, one.definition) for one in after.values()} == {
        (one.name, one.definition) for one in before.values()
    }
