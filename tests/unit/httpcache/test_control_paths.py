from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.cache import NAMESPACE, entry_key, prefixes
from dealradar.httpcache.control.paths import check_pattern, tags_of_pattern

PATHS = ("/deals", "/deals/1", "/deals/12/prices", "/reviews/deal/123", "/reviews/9", "/merchants/shop-1", "/reports")


@pytest.mark.parametrize(
    ("pattern", "tags"),
    [
        ("/*", ("path:/",)),
        ("*", ("path:/",)),
        ("*:auth:*", ("path:/",)),
        ("/reviews/*", ("path:/reviews",)),
        ("/reviews*", ("path:/reviews",)),
        ("/re*", ("path:/reports", "path:/reviews")),
        ("/reviews/deal/*", ("path:/reviews/deal",)),
        ("/reviews/deal/123*", ("path:/reviews/deal",)),
        ("/reviews/deal/123:*", ("path:/reviews/deal/123",)),
        ("/reviews/[du]*", ("path:/reviews",)),
        ("/reviews/u?er/*", ("path:/reviews/user",)),
        ("/reviews/4*", ("path:/reviews",)),
        ("/deals/7/p*", ("path:/deals/7/prices",)),
        ("/merchants/a*", ("path:/merchants",)),
    ],
)
def test_a_pattern_is_covered_by_the_paths_that_begin_as_it_does(pattern: str, tags: tuple[str, ...]) -> None:
    assert tags_of_pattern(pattern) == tags


@given(path=st.sampled_from(PATHS), cut=st.integers(0, 60), rest=st.sampled_from(["*", "?*", "*:*", "[^z]*"]))
def test_whatever_a_pattern_matches_depends_on_one_of_its_tags(path: str, cut: int, rest: str) -> None:
    name = entry_key(path, {}).removeprefix(NAMESPACE)
    pattern = (name[: min(cut, len(path))] or "/") + rest

    if fnmatchcase(name, pattern.replace("[^", "[!")):
        assert set(tags_of_pattern(pattern)) & set(prefixes(path))


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("", "1 to 250"),
        ("/" + "x" * 250, "1 to 250"),
        ("/reviews/deal/1", "give it as a path"),
        ("/reviews/[1*", "close its brackets"),
        ("/reviews/1]*", "close its brackets"),
        ("reviews/*", "begin with"),
        ("/reviews/ *", "hold only"),
        ("/*a*a*a*a*", "4 stars"),
        ("/nothing*", "no cached path begins"),
        ("/nothing:*", "cached endpoint"),
    ],
)
def test_a_pattern_that_can_not_be_meant_is_explained(pattern: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_pattern(pattern)
