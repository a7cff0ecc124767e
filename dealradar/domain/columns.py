"""Column types that models share."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Integer, func, text
from sqlalchemy.orm import mapped_column

PrimaryKey = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Count = Annotated[int, mapped_column(Integer, server_default=text("0"))]
"""Maintained by the triggers of ``counters.py``; never written by hand."""
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now())]
Timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]
AuthorId = Annotated[int, mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))]
DealId = Annotated[int, mapped_column(BigInteger, ForeignKey("deals.id", ondelete="CASCADE"))]
ReviewId = Annotated[int, mapped_column(BigInteger, ForeignKey("reviews.id", ondelete="CASCADE"))]
CommentId = Annotated[int, mapped_column(BigInteger, ForeignKey("comments.id", ondelete="CASCADE"))]


def one_of(column: str, values: type) -> str:
    """Return the SQL condition that *column* holds one of the enumeration's *values*."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"  # type: ignore[attr-defined]
