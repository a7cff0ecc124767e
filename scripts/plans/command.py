"""`scripts/dev db plans`: whether each index serves its queries, on the data that there is."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text

from dealradar.app import create_app
from dealradar.extensions import db
from dealradar.indexes import CATALOGUE, Index, presence
from scripts import find, settings
from scripts.clone import HERE
from scripts.plans import filling, judging, measuring
from scripts.plans.inserts import cost
from scripts.plans.measuring import Finding
from scripts.plans.page import Weight, page

FILLED_ROWS: Final = 100_000
PATIENCE_MS: Final = 300_000
LOCK_TIMEOUT_MS: Final = 2_000
ROWS: Final = text("""
    SELECT relname, reltuples::bigint FROM pg_class
     WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND reltuples > 0 ORDER BY reltuples DESC
""")


def main(arguments: Sequence[str]) -> int:
    """Explain everything and print what is wrong; return 1 if something is. With --write, make docs/indexes.md."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev db plans",
        description="Explain the queries of each index, with it and without. Locks tables: not for a busy database.",
    )
    parser.add_argument("--write", action="store_true", help="write docs/indexes.md")
    is_to_write = parser.parse_args(arguments).write
    told = settings.read(HERE).model_copy(
        update={"database_url": find.url(HERE, "DATABASE_URL"), "cache_enabled": False}
    )
    with create_app(told).app_context():
        faults = _look(is_to_write=is_to_write)
        db.engine.dispose()
    print("\n".join(faults) if faults else "Every query is done as it should be.")
    return int(bool(faults))


def _look(*, is_to_write: bool) -> list[str]:
    findings = [_told(finding) for index in CATALOGUE for finding in _findings(index)]
    with _rolled_back():
        rows = {row[0]: row[1] for row in db.session.execute(ROWS)} | dict.fromkeys(filling.FILLERS, FILLED_ROWS)
        if is_to_write:
            (HERE.root / "docs" / "indexes.md").write_text(page(findings, _weights(), rows))
    large = frozenset(table for table, count in rows.items() if count >= judging.LARGE_ROWS)
    return list(judging.faults(findings, large))


def _findings(index: Index) -> list[Finding]:
    with _rolled_back():
        filling.fill(index.table, FILLED_ROWS)
        return list(measuring.with_and_without(index))


def _weights() -> Mapping[str, Weight]:
    for table in filling.FILLERS:
        filling.fill(table, FILLED_ROWS)
    there = presence.present(db.session.connection())
    return {index.name: Weight(there[index.name].size_bytes, cost(index)) for index in CATALOGUE}


@contextmanager
def _rolled_back() -> Iterator[None]:
    """Give the block a transaction of its own: what earlier ones did and undid would slow it down."""
    db.session.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
    db.session.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
    try:
        yield
    finally:
        db.session.rollback()


def _told(finding: Finding) -> Finding:
    without = f", without it {finding.without.time_ms:.2f} ms" if finding.without else ""
    print(
        f"{finding.index.name}: {finding.case.name} ({finding.label}): {finding.plan.time_ms:.2f} ms{without}",
        flush=True,
    )
    return finding
