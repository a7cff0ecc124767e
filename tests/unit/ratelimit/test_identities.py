import pytest

from dealradar.ratelimit import identities


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        (None, "local"),
        ("", "local"),
    ],
)
def test_an_address_is_counted_with_those_its_owner_has_anyway(address: str | None, counted_as: str) -> None:
    assert identities.of_address(address) == counted_as


def test_a_login_is_counted_the_same_however_it_is_typed() -> None:
    assert identities.of_login(" Alice@Example.org ") == identities.of_login("alice@example.org")
    assert identities.of_login("alice") != identities.of_login("bob")


def test_the_name_of_a_counter_does_not_tell_the_login() -> None:
    assert "alice" not in identities.of_login("alice")
    assert len(identities.of_login("x" * 10_000 + "\ud800")) == 32
