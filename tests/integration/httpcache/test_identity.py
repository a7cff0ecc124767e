"""An answer that is declared public and looks at who asks all the same is not stored."""

import pytest
from flask import Flask

from dealradar.domain import reviews
from dealradar.domain.deals.models import Deal
from dealradar.web import caller


@pytest.fixture
def _leaking(monkeypatch: pytest.MonkeyPatch) -> None:
    read = reviews.of_deal

    def look_who_asks(*args: object) -> object:
        caller.current()
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(reviews, "of_deal", look_who_asks)


@pytest.mark.usefixtures("_leaking", "review")
def test_such_an_answer_is_given_and_not_kept(app: Flask, deal: Deal) -> None:
    client = app.test_client()

    answers = [client.get(f"/api/reviews/deal/{deal.id}") for _ in range(2)]

    assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "MISS"]
    assert 'detail="identity-read"' in answers[0].headers["Cache-Status"]
