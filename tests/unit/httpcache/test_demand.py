import pytest

from dealradar.httpcache import demand
from dealradar.httpcache.demand import Demand
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.serving import Served, XCache


def noted(*requests: tuple[str, XCache]) -> Demand:
    counts = Demand()
    for path, x_cache in requests:
        plan = Plan(key=f"key of {path}", tags=(), ttl_s=1, sharing=Sharing.PUBLIC, public_path=path)
        counts.note(plan, Served(b"", "etag", x_cache))
    return counts


def test_demand_is_hits_and_misses_alike() -> None:
    counts = noted(("/a", XCache.MISS), ("/a", XCache.HIT), ("/b", XCache.BYPASS)).take()

    assert (counts.hits, counts.asked) == ({"key of /a": 1}, {"/a": 2, "/b": 1})


def test_of_more_paths_than_are_counted_those_in_most_demand_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demand, "MAX_COUNTED", 2)

    counts = noted(*((path, XCache.HIT) for path in ("/seldom", "/often", "/often", "/often", "/too-many"))).take()

    assert counts.asked == {"/often": 2}
    assert counts.hits == {"key of /often": 2}


@pytest.mark.parametrize(("chars", "times"), [(500, 1), (501, 0)])
def test_a_path_too_long_to_be_warmed_is_not_counted(chars: int, times: int) -> None:
    path = "/" * chars

    assert noted((path, XCache.MISS)).take().asked.get(path, 0) == times
