"""Reviews of a deal as the libraries' tutorials have it: Flask-SQLAlchemy's models, relations, ``jsonify``."""

import os
from datetime import datetime
from typing import Any

from flask import Flask, Response, jsonify
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

LIMIT = 20


class Base(DeclarativeBase):
    """What the models inherit."""


app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
db = SQLAlchemy(app, model_class=Base)


class User(db.Model):  # type: ignore[misc, name-defined]  # made by the library
    """Who wrote something."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str]
    reputation: Mapped[int]
    role: Mapped[str]


class Deal(db.Model):  # type: ignore[misc, name-defined]  # likewise
    """What is reviewed."""

    __tablename__ = "deals"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Review(db.Model):  # type: ignore[misc, name-defined]  # likewise
    """What somebody thinks of a deal."""

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    rating: Mapped[int]
    title: Mapped[str | None]
    body: Mapped[str]
    status: Mapped[str]
    helpful_count: Mapped[int]
    unhelpful_count: Mapped[int]
    comment_count: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deal: Mapped[Deal] = relationship()
    author: Mapped[User] = relationship()

    def shown(self) -> dict[str, Any]:
        """Return what the world sees of it."""
        names = ("id", "deal_id", "rating", "title", "body", "helpful_count", "unhelpful_count", "comment_count")
        told = {name: getattr(self, name) for name in names}
        author = {name: getattr(self.author, name) for name in ("id", "username", "display_name", "reputation", "role")}
        times = {"created_at": self.created_at.isoformat(), "updated_at": self.updated_at.isoformat()}
        return {**told, **times, "deal": {"id": self.deal.id, "title": self.deal.title}, "author": author}


@app.get("/api/reviews/deal/<int:deal_id>")
def of_deal(deal_id: int) -> Response:
    """Return the latest reviews of one deal."""
    latest = (
        select(Review)
        .where(Review.deal_id == deal_id, Review.status == "visible")
        .options(joinedload(Review.deal), joinedload(Review.author))
        .order_by(Review.created_at.desc(), Review.id.desc())
        .limit(LIMIT)
    )
    return jsonify(items=[review.shown() for review in db.session.scalars(latest)])
