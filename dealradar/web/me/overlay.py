"""What a script lays over a shared page for the one person who reads it: asked for beside it, never a part of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from flask import Blueprint, Response
from pydantic import BeforeValidator, Field

from dealradar.domain import comments, deals, notifications, reviews, users
from dealradar.domain.reading import read_only
from dealradar.domain.shapes import Id, Output, Query
from dealradar.domain.users import Actor, Role
from dealradar.httpcache.directives import Content
from dealradar.httpcache.recompute import JSON
from dealradar.security.permissions import MEMBER
from dealradar.security.sessions import OWN
from dealradar.web import caller, fields, parsing

PATH: Final = f"{OWN}/overlay"
MOST_IDS: Final = 200


def _split(text: Any) -> Any:  # noqa: ANN401  whatever is to be validated
    return text.split(",") if isinstance(text, str) and text else ()


Ids = Annotated[tuple[Id, ...], BeforeValidator(_split), Field(max_length=MOST_IDS)]


class OverlayQuery(Query):
    """What there is on the page, by ids with commas between them."""

    deals: Ids = ()
    reviews: Ids = ()
    comments: Ids = ()


class OverlayOut(Output):
    """Who reads the page, and what they did with what is on it: votes by id, and the deals that they keep.

    Attributes:
        unread_count: How many notifications they haven't read.
    """

    id: int
    display_name: str
    role: Role
    unread_count: int
    deals: Mapping[int, int]
    reviews: Mapping[int, bool]
    comments: Mapping[int, int]
    bookmarks: frozenset[int]


def register(blueprint: Blueprint) -> None:
    """Have *blueprint* tell it."""
    blueprint.add_url_rule(PATH, "overlay", answer)


def answer() -> Response:
    """Return the overlay of the page that shows what the query names.

    Raises:
        UnauthenticatedError: Nobody is logged in.
        InvalidError: It names too much, or no ids.
    """
    MEMBER.admit(caller.admit())
    query = parsing.query_of(OverlayQuery)
    with read_only():
        found = of(query, by=caller.actor())
    return fields.direct(Response(found.model_dump_json(), mimetype=JSON), Content.MODERATION)


def of(query: OverlayQuery, *, by: Actor) -> OverlayOut:
    """Return what one person did with the things that *query* names."""
    own = users.own(by.user_id)
    return OverlayOut(
        id=own.id,
        display_name=own.display_name,
        role=own.role,
        unread_count=notifications.unread_count(by.user_id),
        deals=deals.cast_on(query.deals, by=by) if query.deals else {},
        reviews=reviews.cast_on(query.reviews, by=by) if query.reviews else {},
        comments=comments.cast_on(query.comments, by=by) if query.comments else {},
        bookmarks=deals.kept_of(query.deals, by=by) if query.deals else frozenset(),
    )
