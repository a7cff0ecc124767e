# ruff: noqa: S608  the statements are made of the names in rules.py
"""The rules as triggers: after each statement, the tags of what it changed are in the outbox, each once."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from dealradar.domain.triggers import NEW, OLD, PREFIX, Event, Trigger
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.rules import RULES, Others, Rule

SWITCH: Final = "dealradar.outbox"
"""The setting that, being ``off``, keeps what the transaction writes from being owed to the cache."""

EVERYTHING: Final = "path:/"
"""The tag that every entry depends on."""

_OFF: Final = f"IF current_setting('{SWITCH}', true) = 'off' THEN RETURN NULL; END IF;"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(:hex)?\}")


def triggers(rules: Iterable[Rule] = RULES) -> tuple[Trigger, ...]:
    """Return the triggers that make *rules* true."""
    by_table = groupby(sorted(rules, key=lambda rule: rule.table), key=lambda rule: rule.table)
    return tuple(
        Trigger(f"{PREFIX}owe_{table}_{event.name.lower()}", table, event, f"{_OFF}\n{owing}")
        for table, group in ((table, tuple(group)) for table, group in by_table)
        for event in Event
        if (owing := _owing(group, event))
    )


def _owing(rules: Sequence[Rule], event: Event) -> str:
    """Return the statements that owe what *rules* say of *event*, none where that is nothing."""
    if event is Event.TRUNCATE:
        return _owe([f"SELECT '{EVERYTHING}', {Kind.HARD}"])
    if event is Event.UPDATE:
        return "\n".join(_owe_if_changed(rule) for rule in rules)
    # What is new was never shown; what is gone must not be shown again.
    rows, kind = (NEW, Kind.STRICT) if event is Event.INSERT else (OLD, Kind.HARD)
    concerned = [rule for rule in rules if event is Event.DELETE or not rule.spares_new]
    tags = dict.fromkeys(tag for rule in concerned for tag in rule.tags)
    return _owe([f"SELECT {_value(tag)}, {kind} FROM {rows}" for tag in tags]) if tags else ""


def _owe_if_changed(rule: Rule) -> str:
    """Return the statement that owes the tags of *rule* for the rows, as before and as after, that differ."""
    columns = ", ".join(dict.fromkeys((*rule.identity, *_columns(rule.tags), *rule.when)))
    stale = [f"SELECT {_value(tag)}, {rule.kind_of(tag)} FROM changed" for tag in rule.tags]
    stale += [_of_others(rule, others) for others in rule.others]
    return f"""
IF EXISTS (SELECT {columns} FROM {OLD} EXCEPT SELECT {columns} FROM {NEW}) THEN
    WITH changed AS MATERIALIZED (
        (SELECT {columns} FROM {OLD} EXCEPT SELECT {columns} FROM {NEW})
        UNION ALL
        (SELECT {columns} FROM {NEW} EXCEPT SELECT {columns} FROM {OLD})
    ) {_owe(stale)}
END IF;"""


def _of_others(rule: Rule, others: Others) -> str:
    # OFFSET keeps the planner from joining: it looks the others up by their index, also with the plan that an
    # earlier, greater statement left behind.
    tags = ", ".join(_value(tag, others.table) for tag in others.tags)
    only = f" AND {others.only}" if others.only else ""
    kinds = ", ".join(str(int(rule.kind_of(tag))) for tag in others.tags)
    return (
        f"SELECT unnest(ARRAY[{tags}]), unnest(ARRAY[{kinds}]) FROM changed, LATERAL (SELECT {others.table}.*"
        f" FROM {others.table} {others.join} WHERE {others.by} = changed.id{only} OFFSET 0) AS {others.table}"
    )


def _owe(stale: Sequence[str]) -> str:
    """Return the statement that owes what the queries *stale* find, each tag once, as its most urgent kind."""
    return (
        f"INSERT INTO cache_outbox (tag, kind) SELECT tag, min(kind) FROM ({' UNION ALL '.join(stale)})"
        " AS stale (tag, kind) WHERE tag IS NOT NULL GROUP BY tag"
        " ON CONFLICT (transaction_id, tag) DO UPDATE SET kind = excluded.kind WHERE cache_outbox.kind > excluded.kind;"
    )


def _value(tag: str, table: str = "") -> str:
    """Return the SQL expression that fills the template *tag* from the columns of a row."""
    filled = _PLACEHOLDER.sub(lambda found: f"' || {_text(found[1], table, is_bytes=bool(found[2]))} || '", tag)
    return f"'{filled}'".removesuffix(" || ''")


def _text(name: str, table: str, *, is_bytes: bool) -> str:
    column = f"{table}.{name}" if table else name
    return f"encode({column}, 'hex')" if is_bytes else column


def _columns(tags: Iterable[str]) -> list[str]:
    return [column for tag in tags for column, _ in _PLACEHOLDER.findall(tag)]
