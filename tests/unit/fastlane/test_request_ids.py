from dealradar.fastlane.ids import RequestIds
from dealradar.web.tracing import WELL_FORMED


def test_each_id_is_another_and_well_formed() -> None:
    ids = [source.fresh() for source in (RequestIds(), RequestIds()) for _ in range(100)]

    assert len(set(ids)) == 200
    assert all(WELL_FORMED.fullmatch(each) for each in ids)
