"""What people write into forms, as the API takes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.domain.deals import DealChange, DealDraft
from dealradar.domain.errors import InvalidError
from dealradar.domain.notifications import Reading
from dealradar.domain.reviews import ReviewBallot
from dealradar.domain.shapes import MAX_CENTS
from dealradar.domain.users import OwnChange
from dealradar.web.me.reading import input_of


@given(st.integers(0, MAX_CENTS))
def test_every_price_is_read_as_it_is_written(price_cents: int) -> None:
    written = f"{price_cents // 100:,}.{price_cents % 100:02}"

    assert input_of(DealDraft, {"title": ["T"], "price_cents": [written]}).price_cents == price_cents


@pytest.mark.parametrize(
    "written", ["", "cheap", "1.999", "-1", "1e400", "NaN", "Infinity", "99999999999", "1.2.3", "½"]
)
def test_what_is_no_price_is_said_at_its_field(written: str) -> None:
    with pytest.raises(InvalidError) as refused:
        input_of(DealDraft, {"title": ["T"], "price_cents": [written]})

    assert [fault.field for fault in refused.value.faults] == ["price_cents"]


def test_what_may_be_absent_is_taken_away_by_emptying_it_and_stays_when_it_isnt_sent() -> None:
    emptied = input_of(DealChange, {"coupon_code": [""], "ends_at": [""], "merchant_id": [""]})

    assert emptied.model_dump(exclude_unset=True) == {"coupon_code": None, "ends_at": None, "merchant_id": None}
    assert input_of(DealChange, {}).model_dump(exclude_unset=True) == {}


def test_what_must_be_there_cant_be_emptied() -> None:
    with pytest.raises(InvalidError) as refused:
        input_of(DealChange, {"title": [""]})

    assert [fault.field for fault in refused.value.faults] == ["title"]


def test_what_forms_say_in_words_is_read_as_what_it_means() -> None:
    assert input_of(ReviewBallot, {"helpful": ["false"]}).helpful is False
    assert input_of(ReviewBallot, {"helpful": [""]}).helpful is None
    assert input_of(Reading, {"ids": ["1", "2"]}).ids == [1, 2]
    assert input_of(Reading, {"all": ["true"]}).all is True
    assert input_of(OwnChange, {"email_alerts": ["false"], "unknown": ["x"]}).email_alerts is False
