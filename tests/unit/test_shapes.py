from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from dealradar.domain.shapes import Moment

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


def test_a_moment_of_any_zone_is_kept_in_utc() -> None:
    assert MOMENT.validate_python("2026-01-01T01:30:00+05:30") == datetime(2025, 12, 31, 20, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-01-01T00:00:00"])
def test_a_moment_beyond_the_calendar_or_without_a_zone_is_refused_and_no_fault(text: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(text)
