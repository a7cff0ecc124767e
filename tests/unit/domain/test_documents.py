from sqlalchemy import Column, Integer, MetaData, String, Table, select
from sqlalchemy.orm import Bundle

from dealradar.domain.documents import Shape

BOOKS = Table("books", MetaData(), Column("id", Integer), Column("title", String))
SHELVES = Table("shelves", MetaData(), Column("id", Integer), Column("room", String))
SHAPE = Shape.of(select(BOOKS.c.id, Bundle("shelf", SHELVES.c.id, SHELVES.c.room), BOOKS.c.title.label("name")))


def test_a_bundle_is_a_document_in_the_document() -> None:
    document = SHAPE.document((1, 7, "attic", "Walden"))

    assert document == {"id": 1, "shelf": {"id": 7, "room": "attic"}, "name": "Walden"}


def test_where_nothing_was_joined_there_is_none() -> None:
    assert SHAPE.document((1, None, None, "Walden"))["shelf"] is None


def test_columns_beside_the_statements_are_left_out() -> None:
    assert SHAPE.document((1, 7, "attic", "Walden", "a key")) == SHAPE.document((1, 7, "attic", "Walden"))
