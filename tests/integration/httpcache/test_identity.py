"""An answer that is declared public and looks at who asks all the same is not stored."""

import pytest
from flask import Flask
from prometheus_client import REGISTRY

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


@pytest.mark.leaking
@pytest.mark.usefixtures("_leaking", "review")
def test_such_an_answer_is_given_and_not_kept_and_that_is_counted(app: Flask, deal: Deal) -> None:
    client = app.test_client()
    before = _leaks()

    answers = [client.get(f"/api/reviews/deal/{deal.id}") for _ in range(2)]

    assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "MISS"]
    assert 'detail="identity-read"' in answers[0].headers["Cache-Status"]
    assert answers[0].headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "X-API-Key"} <= set(answers[0].vary)
    assert not {"CDN-Cache-Control", "Surrogate-Key"} & set(answers[0].headers.keys())
    assert _leaks() == before + 2


def _leaks() -> float:
    return REGISTRY.get_sample_value("dealradar_cache_refused_stores_total", {"reason": "identity-read"}) or 0.0
