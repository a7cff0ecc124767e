import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.cache import InvalidKeyError, entry_key, prefixes, user_hash
from dealradar.cache.keys import value_key, version_key

ALICE = user_hash(b"secret", "user:alice")
BOB = user_hash(b"secret", "user:bob")

params = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), st.text(st.characters(codec="utf-8")))


def test_a_shared_key_is_the_namespace_the_endpoint_and_128_bits_of_the_parameters() -> None:
    key = entry_key("/reviews/deal/123", {"sort": "oldest"})

    assert re.fullmatch(r"dealradarus:v1:/reviews/deal/123:[0-9a-f]{32}", key)


def test_a_private_key_ends_with_whom_it_is_for() -> None:
    key = entry_key("/me/bookmarks", {}, ALICE)

    assert re.fullmatch(r"dealradarus:v1:/me/bookmarks:[0-9a-f]{32}:auth:[0-9a-f]{32}", key)
    assert key != entry_key("/me/bookmarks", {}, BOB)


def test_the_order_of_parameters_makes_no_difference() -> None:
    assert entry_key("/deals", {"sort": "new", "limit": 5}) == entry_key("/deals", {"limit": 5, "sort": "new"})


@given(params, params)
def test_different_parameters_never_share_a_key(some: dict[str, str], others: dict[str, str]) -> None:
    assert (entry_key("/deals", some) == entry_key("/deals", others)) == (some == others)


def test_a_value_cannot_pretend_to_be_another_parameter() -> None:
    assert entry_key("/deals", {"q": "a&sort=new"}) != entry_key("/deals", {"q": "a", "sort": "new"})


@pytest.mark.parametrize(
    "endpoint",
    [
        *("", "deals", "//", "/deals/", "/a//b", "/a b", "/a\n", "/a\x00", "/a\x7f", "/ä", "/a:b"),
        *("/a*", "/a?", "/a[b]", "/a^", "/a\\b", "/{deal}", "/" + "a" * 200),
    ],
)
def test_an_endpoint_unfit_for_a_key_is_refused(endpoint: str) -> None:
    with pytest.raises(InvalidKeyError):
        entry_key(endpoint, {})
    with pytest.raises(InvalidKeyError):
        prefixes(endpoint)


def test_an_endpoint_of_just_the_greatest_length_is_taken() -> None:
    assert entry_key("/" + "a" * 199, {})


def test_a_refusal_says_what_was_wrong_in_a_sentence() -> None:
    with pytest.raises(InvalidKeyError) as refused:
        entry_key("/a b", {})

    assert str(refused.value).startswith("'/a b' can't be an endpoint: it must begin with a slash")


def test_a_percent_encoded_id_is_taken() -> None:
    assert entry_key("/merchants/caf%C3%A9", {}).startswith("dealradarus:v1:/merchants/caf%C3%A9:")


@pytest.mark.parametrize("given_hash", ["", "alice", ALICE.upper(), ALICE + "0", f"{ALICE}\n"])
def test_only_what_user_hash_made_names_a_user(given_hash: str) -> None:
    with pytest.raises(InvalidKeyError):
        entry_key("/me/bookmarks", {}, given_hash)


def test_a_parameter_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidKeyError):
        entry_key("/deals", {"q": "\ud800"})


def test_who_lacks_the_secret_cannot_make_a_users_hash() -> None:
    assert re.fullmatch("[0-9a-f]{32}", ALICE)
    assert user_hash(b"another secret", "user:alice") != ALICE


def test_a_users_hash_is_no_signature_that_the_secret_makes_elsewhere() -> None:
    assert not hmac.digest(b"secret", b"user:alice", "sha256").hex().startswith(ALICE)


@pytest.mark.parametrize(("secret", "identity"), [(b"", "user:alice"), (b"secret", "")])
def test_a_user_hash_of_nothing_is_refused(secret: bytes, identity: str) -> None:
    with pytest.raises(InvalidKeyError):
        user_hash(secret, identity)


@pytest.mark.parametrize("tag", ["deal:123", "reviews@deal:123", "path:/", "path:/reviews/deal", "reports"])
def test_a_versions_key_is_no_entrys(tag: str) -> None:
    assert version_key(tag) == f"dealradarus:v1:tag:{tag}"
    assert not version_key(tag).startswith("dealradarus:v1:/")


@pytest.mark.parametrize("name", ["", "a b", "a\r\nb", "deal:*", "deal:{1}", "ä", "a" * 251])
def test_a_name_unfit_for_a_key_is_refused(name: str) -> None:
    with pytest.raises(InvalidKeyError):
        version_key(name)
    with pytest.raises(InvalidKeyError):
        value_key(name)


def test_an_endpoint_has_its_prefixes_as_tags_the_root_first() -> None:
    assert prefixes("/reviews/deal/123") == ("path:/", "path:/reviews", "path:/reviews/deal", "path:/reviews/deal/123")


def test_the_root_is_its_only_prefix() -> None:
    assert prefixes("/") == ("path:/",)


def test_the_longest_endpoint_still_has_tags() -> None:
    for tag in prefixes("/" + "a" * 199):
        assert version_key(tag)
