"""Whether what PostgreSQL reads for a statement is found by an index, and every index is of use to one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from dealradar.extensions import Base
from dealradar.indexes import Index
from tests.accesses import Access, Plan

SMALL: Final = frozenset(
    {
        "alembic_version",
        "alert_silences",
        "alert_states",
        "alert_turns",
        "alert_values",
        "alerts",
        "api_keys",
        "cache_jobs",
        "cache_policies",
        "cache_policy_changes",
        "cache_samples",
        "cache_targets",
        "categories",
        "gauge_readings",
        "hot_pages",
        "mails",
        "merchants",
        "processes",
        "readings",
        "report_tallies",
        "warm_runs",
    }
)
"""The tables that only operators and the watch add to, or that are kept short; any other is taken to be large."""

SHORT: Final = frozenset({"idx_cache_outbox_owed", "idx_deals_ends", "idx_reports_waiting"})
"""The indexes whose condition leaves so few rows that all of them may be read."""

WORD: Final = re.compile(r"[a-z_]+")


@dataclass(frozen=True)
class Exempt:
    """Rows of *table* may be passed over by *columns* after they were read: *why* those are few.

    With *index*, only of those that were read by it.
    """

    table: str
    columns: frozenset[str]
    why: str
    index: str | None = None


PLACE: Final = frozenset({"hot_score", "created_at", "score", "price_cents", "discount_ratio", "ends_at", "id"})
"""What deals are sorted by, which is what a cursor is compared with."""

EXEMPT: Final = (
    Exempt("deals", frozenset({"status"}), "few of all deals have been hidden or removed"),
    Exempt("reviews", frozenset({"status"}), "few of all reviews have been hidden or removed"),
    Exempt("comments", frozenset({"status", "reply_count"}), "few of all comments have been hidden or removed"),
    Exempt("deals", frozenset({"rating_avg"}), "the highest floor leaves a tenth, evenly spread but by score"),
    Exempt("deals", PLACE, "they are those of one price range, sorted then", index="idx_deals_seen_price"),
    Exempt("deals", PLACE, "they are those with the words, sorted then", index="idx_deals_search"),
    Exempt("deals", PLACE, "they are those of one person, sorted then", index="idx_deals_author"),
    Exempt("deals", PLACE, "they are those of one merchant, sorted then", index="idx_deals_merchant_created"),
    Exempt("reviews", frozenset({"rating", "helpful_count"}), "they are one person's", index="idx_reviews_author"),
    Exempt("users", frozenset({"standing"}), "nearly everybody is in good standing", index="idx_users_created"),
    Exempt("notifications", frozenset({"read_at"}), "most have been read", index="idx_notifications_user_created"),
    Exempt("reports", frozenset({"status"}), "few of all reports wait", index="idx_reports_created"),
    Exempt("reports", frozenset({"target_type"}), "one of four kinds, or the one that the id is of"),
    Exempt("moderation_log", frozenset({"target_type"}), "one of four kinds"),
    Exempt("tokens", frozenset({"id"}), "all of one person's but one", index="idx_tokens_user"),
)


@dataclass(frozen=True)
class Whole:
    """What reads tables from end to end on purpose, and *why* nobody waits for it."""

    asked: str
    why: str


WHOLE: Final = (
    Whole(
        "users.refresh_reputations",
        "a sixtieth of all people's is worked out anew from all that they wrote, by an index where that is quicker",
    ),
    Whole("flask alerts watch", "who the admins are is asked for only when something is wrong"),
)


def keys() -> tuple[Index, ...]:
    """Return the indexes that primary keys and unique constraints have."""
    found = []
    for table in Base.metadata.tables.values():
        unique = [index for index in table.indexes if index.unique]
        of_constraints = [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
        for one in (*unique, *of_constraints):
            columns = one.expressions if isinstance(one, sqlalchemy.Index) else one.columns
            found.append(Index(str(one.name), table.name, tuple(str(column).split(".")[-1] for column in columns)))
    return tuple(found)


def faults(plans: Iterable[Plan], catalogue: Iterable[Index]) -> list[str]:
    """Return what no index of *catalogue* and no key serves: of each statement, what is wrong with its best plan."""
    known = Known({index.name: index for index in catalogue}, {index.name: index for index in keys()})
    ways: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for plan in plans:
        ways[plan.asked, plan.sql].append([*_wrong(plan, known)])
    on_purpose = {whole.asked for whole in WHOLE}
    return sorted(
        f"{asked}: {'; '.join(wrong)}: {sql}"
        for (asked, sql), found in ways.items()
        if asked not in on_purpose and (wrong := min(found, key=len))
    )


def unused(plans: Iterable[Plan], catalogue: Iterable[Index]) -> list[str]:
    """Return the names of the indexes of *catalogue* that none of *plans* reads."""
    used = {access.index for plan in plans for access in plan.accesses}
    return [index.name for index in catalogue if index.name not in used]


@dataclass(frozen=True)
class Known:
    """The indexes that there should be, by their names."""

    catalogue: Mapping[str, Index]
    keys: Mapping[str, Index]

    def leads_to_few(self, access: Access) -> bool:
        """Return whether *access* is of what a key stands for, which is one row or few, or reads a short index."""
        return access.index in SHORT or (access.index in self.keys and self.is_bounded(access))

    def is_bounded(self, access: Access) -> bool:
        """Return whether the index is searched for what it begins with; one of words, for any of its keys."""
        index = self.find(access)
        if index is None:
            return False
        sought = index.keys if index.method == "gin" else index.keys[:1]
        return not access.bounds.isdisjoint(WORD.findall(" ".join(sought)))

    def find(self, access: Access) -> Index | None:
        """Return the index that *access* is by."""
        name = str(access.index)
        return self.catalogue.get(name) or self.keys.get(name)


def _wrong(plan: Plan, known: Known) -> Iterator[str]:
    for access in plan.accesses:
        if access.table in SMALL or known.leads_to_few(access):
            continue
        if access.index is None:
            yield f"{access.table} is read from end to end"
        elif not (access.is_cut or known.is_bounded(access)):
            yield f"{access.index} is walked from end to end"
        elif passed_over := _passed_over(access, known.find(access)):
            yield f"{access.index} finds what is passed over by {', '.join(sorted(passed_over))}"


def _passed_over(access: Access, index: Index | None) -> frozenset[str]:
    own = WORD.findall(index.definition) if index else ()
    exempt = (one.columns for one in EXEMPT if one.table == access.table and one.index in {None, access.index})
    return access.filtered.difference(own, *exempt)
