import pytest

from dealradar.httpcache.serving import Served, XCache
from dealradar.httpcache.wording import cache_status

KEY = "dealradarus:v1:/deals:0"


@pytest.mark.parametrize(
    ("served", "field"),
    [
        (Served(b"", "e", XCache.HIT, ttl_s=17, key=KEY), f'dealradar; hit; ttl=17; key="{KEY}"'),
        (
            Served(b"", "e", XCache.MISS, forwarded="uri-miss", stored=True, ttl_s=180, key=KEY),
            f'dealradar; fwd=uri-miss; stored; ttl=180; key="{KEY}"',
        ),
        (
            Served(b"", "e", XCache.MISS, forwarded="stale", collapsed=True, ttl_s=180, key=KEY),
            f'dealradar; fwd=stale; collapsed; ttl=180; key="{KEY}"',
        ),
        (
            Served(b"", "e", XCache.MISS, forwarded="stale", key=KEY, detail="too_big"),
            f'dealradar; fwd=stale; key="{KEY}"; detail="too_big"',
        ),
        (
            Served(b"", "e", XCache.BYPASS, forwarded="bypass", detail="timeout"),
            'dealradar; fwd=bypass; detail="timeout"',
        ),
    ],
)
def test_cache_status_is_as_rfc_9211_has_it(served: Served, field: str) -> None:
    assert cache_status(served) == field
