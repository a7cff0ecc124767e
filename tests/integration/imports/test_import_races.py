"""Imports that meet others who bring the same things in."""

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from dealradar.domain import categories, deals, users
from dealradar.domain.categories.models import Category
from dealradar.domain.deals import Product
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Stranger
from dealradar.extensions import db
from dealradar.imports import Tally, dataset_of, layout_of, opened, take_in
from dealradar.invalidation import transaction
from tests.interleaving import others, until_one_waits


def import_all(path: Path) -> Tally:
    with opened(path) as source:
        batches = take_in(source, layout_of(source.header), dataset=dataset_of(path))
        return sum((batch.tally for batch in batches), Tally())


def test_a_deal_that_somebody_else_is_just_making_is_made_once(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("product,rating,text\nLamp,5,Bright\n")

    with others(app) as start:
        with transaction():
            owner = users.bring_in([Stranger("import-of-others", "Others")]).ids["import-of-others"]
            made = deals.bring_in([Product("import:shop:Lamp", owner, None, "Lamp", "")]).ids
            running = start(lambda: import_all(path))
            until_one_waits()
        tally = running.result()

    assert (tally.imported, tally.deals) == (1, 0)
    assert db.session.scalars(select(Review.deal_id)).all() == list(made.values())


def test_a_category_that_somebody_else_is_just_making_is_made_once(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("product,rating,text,category\nLamp,5,Bright,Light\n")

    with others(app) as start:
        with transaction():
            categories.bring_in(["Light"])
            running = start(lambda: import_all(path))
            until_one_waits()
        running.result()

    assert db.session.scalars(select(Category.slug)).all() == ["light"]
