"""The people and things of the experiment, and where each thing is seen."""

import json
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import psycopg

from scripts.consistency.client import Client, Wish
from scripts.consistency.history import mark
from scripts.refused import RefusedError

_PEOPLE: Final = 8
_MODERATORS: Final = 2
_DEALS: Final = 6
_REVIEWERS_A_DEAL: Final = 4
_PASSWORD: Final = "correct-horse-battery"  # noqa: S105 - of people who live for minutes


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    id: int
    token: str


@dataclass(frozen=True)
class Target:
    """Something with a number in *field*, changed at *path* by *owner*; *shown_at* are places where it is seen."""

    subject: str
    path: str
    field: str
    owner: Person
    shown_at: tuple[str, ...]


@dataclass(frozen=True)
class Community:
    """Members, the last of whom writes past the site, moderators, and what the others write over HTTP.

    *deal_ids* are the deals that are written past the site; *paths* is what everybody reads.
    """

    members: tuple[Person, ...]
    moderators: tuple[Person, ...]
    targets: tuple[Target, ...]
    deal_ids: tuple[int, ...]
    paths: tuple[str, ...]

    @property
    def psql_user(self) -> Person:
        """Who owns what is written past the site."""
        return self.members[-1]


def settle(client: Client, connection: psycopg.Connection[Any]) -> Community:
    """Have people join over HTTP, and give them deals, reviews and comments.

    Raises:
        RefusedError: Somebody can't join.
    """
    people = tuple(_join(client, f"person{number}") for number in range(_PEOPLE))
    moderators, members = people[:_MODERATORS], people[_MODERATORS:]
    connection.execute("UPDATE users SET role = 'moderator' WHERE id = ANY(%s)", [[one.id for one in moderators]])
    for person in people:
        _give_secrets(connection, person)
    targets: list[Target] = [_name(person) for person in members[:-1]]
    deals = [_deal(connection, members[number % len(members)]) for number in range(_DEALS)]
    for deal, author in product(deals, members[-_REVIEWERS_A_DEAL:]):
        targets += _discuss(connection, deal, author)
    past_site = [target for target in (*deals, *targets) if target.owner is members[-1]]
    return Community(
        members,
        moderators,
        tuple(target for target in (*deals, *targets) if target not in past_site),
        tuple(int(deal.subject.split("-")[1]) for deal in deals if deal in past_site),
        tuple(dict.fromkeys(path for target in (*deals, *targets) for path in (*target.shown_at, *_MORE))),
    )


_MORE: Final = (
    *("/api/deals?sort=new", "/api/deals?sort=top", "/api/deals", "/api/categories", "/api/merchants"),
    *("/api/deals?sort=new&limit=3", "/api/deals?sort=price"),
)


def make_doomed(connection: psycopg.Connection[Any], author: Person) -> tuple[Target, ...]:
    """Make a deal with a review and a comment, to be deleted soon."""
    with connection.transaction():
        deal = _deal(connection, author)
        return (deal, *_discuss(connection, deal, author))


def _join(client: Client, username: str) -> Person:
    send = {"username": username, "email": f"{username}@example.com", "password": _PASSWORD}
    answer = client.ask(Wish("/api/auth/register", method="POST", send=send))
    if answer.status != 201:  # noqa: PLR2004 - Created
        raise RefusedError(f"{username} can't join: {answer.status} {answer.body.decode(errors='replace')}")
    told = json.loads(answer.body)
    return Person(told["user"]["id"], told["token"])


def _give_secrets(connection: psycopg.Connection[Any], person: Person) -> None:
    """Put into everything that *person* alone may see something by which it is known as theirs."""
    secret = f"private-{person.id}"
    connection.execute("UPDATE users SET email = %s WHERE id = %s", [f"{secret}@example.com", person.id])
    deal = _insert(connection, "deals", author_id=person.id, title=secret, price_cents=1)
    connection.execute("INSERT INTO bookmarks (deal_id, user_id) VALUES (%s, %s)", [deal, person.id])
    notice = {"kind": "warning", "subject_type": "user", "subject_id": person.id, "message": secret}
    _insert(connection, "notifications", user_id=person.id, **notice)


def _name(person: Person) -> Target:
    places = (f"/api/users/{person.id}", f"/api/reviews/user/{person.id}", f"/api/comments/user/{person.id}")
    return Target(f"user-{person.id}", "/api/auth/me", "display_name", person, places)


def _deal(connection: psycopg.Connection[Any], author: Person) -> Target:
    deal = _insert(connection, "deals", author_id=author.id, title="new", price_cents=1000)
    _first(connection, "deals", "title", f"deal-{deal}")
    places = (f"/api/deals/{deal}", f"/api/reviews/deal/{deal}", "/api/deals?sort=new")
    return Target(f"deal-{deal}", f"/api/deals/{deal}", "title", author, places)


def _discuss(connection: psycopg.Connection[Any], deal: Target, author: Person) -> tuple[Target, Target]:
    deal_id = int(deal.subject.split("-")[1])
    review = _insert(connection, "reviews", deal_id=deal_id, author_id=author.id, rating=3, body="new")
    _first(connection, "reviews", "body", f"review-{review}")
    comment = _insert(connection, "comments", review_id=review, deal_id=deal_id, author_id=author.id, body="new")
    _first(connection, "comments", "body", f"comment-{comment}")
    lists = (f"/api/reviews/deal/{deal_id}", f"/api/reviews/deal/{deal_id}?sort=helpful")
    threads = (f"/api/comments/review/{review}", f"/api/comments/deal/{deal_id}")
    return (
        Target(f"review-{review}", f"/api/reviews/{review}", "body", author, (f"/api/reviews/{review}", *lists)),
        Target(
            f"comment-{comment}", f"/api/comments/{comment}", "body", author, (f"/api/comments/{comment}", *threads)
        ),
    )


def _first(connection: psycopg.Connection[Any], table: str, column: str, subject: str) -> None:
    text, row_id = mark(subject, 1), int(subject.split("-")[1])
    connection.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [text, row_id])  # noqa: S608 - our names


def _insert(connection: psycopg.Connection[Any], table: str, **values: object) -> int:
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id"  # noqa: S608 - our names
    row = connection.execute(statement, list(values.values())).fetchone()
    assert row is not None  # noqa: S101 - it returns one
    return int(row[0])
