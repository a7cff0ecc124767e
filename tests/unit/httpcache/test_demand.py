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


def test_new_names_are_counted_up_to_a_bound_and_known_ones_beyond_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demand, "MAX_COUNTED", 2)

    counts = noted(*((path, XCache.HIT) for path in ("/a", "/b", "/c", "/a"))).take()

    assert counts.asked == {"/a": 2, "/b": 1}
    assert counts.hits == {"key of /a": 2, "key of /b": 1}


@pytest.mark.parametrize(("chars", "times"), [(500, 1), (501, 0)])
def test_a_path_too_long_to_be_warmed_is_not_counted(chars: int, times: int) -> None:
    path = "/" * chars

    assert noted((path, XCache.MISS)).take().asked[path] == times
