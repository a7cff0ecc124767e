import pytest
from pydantic import ValidationError

from dealradar.domain.deals import Ballot, DealChange, DealDraft, DealQuery


def _draft(**fields: object) -> DealDraft:
    return DealDraft.model_validate({"title": "Good headphones", "price_cents": 4_999} | fields, strict=True)


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://example.org:8080/a?b=c#d", "HTTPS://EXAMPLE.org/", "https://[2001:db8::1]/x"]
)
def test_an_address_of_the_web_is_taken_as_it_is(url: str) -> None:
    assert _draft(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org",
        "https://",
        "https:///path",
        "https://:80/",
        "ftp://example.org",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,hi",
        "https://exa mple.org",
        "https://example.org/\x00",
        "https://example.org/\u202egnp.exe",
        "https://shop.example@evil.example/",
        "https://[",
        "https://example.org/" + "a" * 2_000,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        _draft(url=url)


@pytest.mark.parametrize("title", ["", " ", "\t\n", "a" * 201, "a\x00b"])
def test_a_title_says_something_in_at_most_200_characters(title: str) -> None:
    with pytest.raises(ValidationError, match="title"):
        _draft(title=title)


@pytest.mark.parametrize("price_cents", [-1, 2**31, 19.99, "1999", True, None])
def test_a_price_is_whole_cents_that_fit(price_cents: object) -> None:
    with pytest.raises(ValidationError, match="price_cents"):
        _draft(price_cents=price_cents)


@pytest.mark.parametrize("field", ["status", "author_id", "upvote_count", "created_at"])
def test_nobody_posts_what_the_community_decides(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        _draft(**{field: 1})


@pytest.mark.parametrize("field", ["title", "description", "price_cents", "status"])
def test_what_a_deal_cannot_be_without_may_be_left_out_of_a_change_but_not_null(field: str) -> None:
    assert field not in DealChange.model_validate({}).model_fields_set

    with pytest.raises(ValidationError, match=field):
        DealChange.model_validate({field: None})


@pytest.mark.parametrize("status", ["hidden", "removed", "sold"])
def test_hiding_a_deal_is_not_its_authors_to_do(status: str) -> None:
    with pytest.raises(ValidationError, match="status"):
        DealChange.model_validate({"status": status})


@pytest.mark.parametrize("value", [-2, 2, 1.0, True, "1", None])
def test_a_vote_is_for_against_or_neither(value: object) -> None:
    with pytest.raises(ValidationError, match="value"):
        Ballot.model_validate({"value": value}, strict=True)


def test_a_search_is_the_same_however_its_words_are_spaced() -> None:
    assert DealQuery(q="  good \t headphones ") == DealQuery(q="good headphones")


def test_a_search_for_nothing_is_no_search() -> None:
    assert DealQuery(q="  ").q is None
