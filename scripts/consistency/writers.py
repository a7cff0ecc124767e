"""Clients that write: over HTTP, and past the site as psql does."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

import psycopg

from scripts.consistency import community
from scripts.consistency.client import Client, CutError, Wish
from scripts.consistency.community import Community, Target
from scripts.consistency.history import GONE, Via, Write, mark
from scripts.consistency.ledger import Access, Ledger
from scripts.consistency.readers import Crowd

_PAUSE_S: Final = 0.12
_TABLES: Final = {"deal": "deals", "review": "reviews", "comment": "comments", "user": "users"}

# A commit that had begun when its process was killed has ended by then, or never will.
_SETTLED_S: Final = 0.2


class HttpWriter:
    """Changes *targets*, which nobody else writes, and has a crowd look at once whether it shows; one thread's."""

    def __init__(self, port: int, targets: Sequence[Target], crowd: Crowd, ledger: Ledger) -> None:
        self._client = Client(port)
        self._targets = targets
        self._crowd = crowd
        self._ledger = ledger
        self._numbers: Counter[str] = Counter({target.subject: 1 for target in targets})

    def run(self, connection: psycopg.Connection[Any]) -> None:
        """Write until it is over; *connection* is asked what became of a write that wasn't answered."""
        dice = random.Random()  # noqa: S311 - a load, no secret
        while not self._ledger.over.wait(dice.uniform(0, 2 * _PAUSE_S)):
            target = dice.choice(self._targets)
            try:
                self._write(target, connection)
                self._crowd.read(dice.choice(target.shown_at))
            except CutError as error:
                self._ledger.cut(error)

    def _write(self, target: Target, connection: psycopg.Connection[Any]) -> None:
        self._numbers[target.subject] += 1
        number = self._numbers[target.subject]
        send = {target.field: mark(target.subject, number)}
        began_s = time.monotonic()
        try:
            answer = self._client.ask(Wish(target.path, target.owner.token, "PATCH", send))
        except CutError:
            self._find_out(target, number, began_s, connection)
            raise
        self._ledger.did("write")
        self._ledger.waited(Access.WRITE, answer.ended_s - began_s)
        if answer.status == HTTPStatus.OK:
            self._ledger.history.wrote(Write(target.subject, number, Via.HTTP, began_s, answer.ended_s))
        else:
            self._ledger.refuse(answer, "expected 200")
            self._find_out(target, number, began_s, connection)

    def _find_out(self, target: Target, number: int, began_s: float, connection: psycopg.Connection[Any]) -> None:
        time.sleep(_SETTLED_S)
        kind, row_id = target.subject.split("-")
        statement = f"SELECT {target.field} FROM {_TABLES[kind]} WHERE id = %s"  # noqa: S608 - our names
        row = connection.execute(statement, [int(row_id)]).fetchone()
        is_there = row is not None and row[0] == mark(target.subject, number)
        self._ledger.did("write without an answer")
        via = Via.UNANSWERED if is_there else Via.UNDONE
        self._ledger.history.wrote(Write(target.subject, number, via, began_s, time.monotonic()))


class SqlWriter:
    """Writes past the site what it owns: single rows, many at once, and whole trees; one thread's."""

    def __init__(self, people: Community, ledger: Ledger) -> None:
        self._user_id = people.psql_user.id
        self._people = people
        self._ledger = ledger
        self._number = 1
        self._doomed: tuple[Target, ...] = ()

    def run(self, connection: psycopg.Connection[Any]) -> None:
        """Write until it is over."""
        dice = random.Random()  # noqa: S311 - a load, no secret
        acts: tuple[Callable[[psycopg.Connection[Any]], None], ...] = (
            *(self._retitle, self._rewrite_all, self._rename, self._change_mind, self._make_or_delete),
        )
        while not self._ledger.over.wait(dice.uniform(0, 4 * _PAUSE_S)):
            self._number += 1
            dice.choice(acts)(connection)

    def _retitle(self, connection: psycopg.Connection[Any]) -> None:
        self._bulk(
            connection,
            "UPDATE deals SET title = 'deal-' || id || %s WHERE author_id = %s AND title LIKE 'deal-%%' RETURNING id",
            "deal",
        )

    def _rewrite_all(self, connection: psycopg.Connection[Any]) -> None:
        self._bulk(
            connection, "UPDATE reviews SET body = 'review-' || id || %s WHERE author_id = %s RETURNING id", "review"
        )

    def _rename(self, connection: psycopg.Connection[Any]) -> None:
        self._bulk(connection, "UPDATE users SET display_name = 'user-' || id || %s WHERE id = %s RETURNING id", "user")

    def _bulk(self, connection: psycopg.Connection[Any], statement: str, kind: str) -> None:
        began_s = time.monotonic()
        rows = connection.execute(statement, [f"={self._number}", self._user_id]).fetchall()
        self._note([f"{kind}-{row[0]}" for row in rows], self._number, began_s)

    def _change_mind(self, connection: psycopg.Connection[Any]) -> None:
        now_s = time.monotonic()
        for deal_id in self._people.deal_ids:
            self._ledger.history.wrote(Write(f"deal-{deal_id}", self._number, Via.UNDONE, now_s, now_s))
        with connection.transaction(force_rollback=True):
            statement = "UPDATE deals SET title = 'deal-' || id || %s WHERE id = ANY(%s)"
            connection.execute(statement, [f"={self._number}", list(self._people.deal_ids)])
            time.sleep(_PAUSE_S)
        self._ledger.did("write past the site, rolled back")

    def _make_or_delete(self, connection: psycopg.Connection[Any]) -> None:
        if not self._doomed:
            self._doomed = community.make_doomed(connection, self._people.psql_user)
            self._ledger.vanishing = tuple(path for target in self._doomed for path in target.shown_at)
            return
        began_s = time.monotonic()
        connection.execute("DELETE FROM deals WHERE id = %s", [int(self._doomed[0].subject.split("-")[1])])
        self._note([target.subject for target in self._doomed], GONE, began_s)
        self._doomed = ()

    def _note(self, subjects: Sequence[str], number: int, began_s: float) -> None:
        ended_s = time.monotonic()
        for subject in subjects:
            self._ledger.history.wrote(Write(subject, number, Via.SQL, began_s, ended_s))
        self._ledger.did("write past the site")
        self._ledger.waited(Access.WRITE, ended_s - began_s)
