from ipaddress import ip_network
from typing import Final

import pytest

from dealradar.security import origins
from dealradar.security.origins import MAX_HOPS, Origin, Told

TRUSTED: Final = tuple(ip_network(text) for text in ("10.0.0.0/8", "127.0.0.1/32", "2001:db8:5::/48"))
PROXY: Final = "10.1.2.3"
CLIENT: Final = "203.0.113.7"


def address_of(peer: str, addresses: str) -> str:
    return origins.of(peer, Told(addresses), TRUSTED).address


@pytest.mark.parametrize("peer", [CLIENT, "2001:db8:6::1", "::ffff:203.0.113.7", "11.0.0.1"])
def test_who_is_no_trusted_proxy_is_not_believed(peer: str) -> None:
    told = Told("192.0.2.1", "https", "evil.example")

    assert origins.of(peer, told, TRUSTED) == Origin(peer.removeprefix("::ffff:"))


def test_without_trusted_proxies_nobody_is_believed() -> None:
    told = Told("192.0.2.1", "https", "evil.example")

    assert [origins.of(peer, told, ()) for peer in ("127.0.0.1", "")] == [Origin("127.0.0.1"), Origin("")]


@pytest.mark.parametrize(
    ("addresses", "client"),
    [
        (CLIENT, CLIENT),
        (f"192.0.2.1, {CLIENT}", CLIENT),
        (f"10.9.9.9,{CLIENT}", CLIENT),
        (f"192.0.2.1, {CLIENT}, 10.4.4.4, 2001:db8:5::9", CLIENT),
        (f"127.0.0.1, {CLIENT},10.4.4.4", CLIENT),
        ("2001:db8:7::1", "2001:db8:7::1"),
        ("[2001:db8:7::1]", "2001:db8:7::1"),
        ("[2001:DB8:7:0::1]:50123", "2001:db8:7::1"),
        (f"{CLIENT}:50123", CLIENT),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"[::ffff:{CLIENT}]:50123, ::ffff:10.4.4.4", CLIENT),
        (f"  {CLIENT}  ,  10.4.4.4  ", CLIENT),
    ],
)
def test_the_client_is_the_nearest_that_is_no_trusted_proxy(addresses: str, client: str) -> None:
    assert address_of(PROXY, addresses) == client


@pytest.mark.parametrize(
    "rightmost",
    [
        "unknown",
        "_hidden",
        "localhost",
        "203.0.113.999",
        "[203.0.113.7",
        "203.0.113.7:x",
        "0x7f000001",
        "127.1",
        "é",
        "",
    ],
)
def test_a_client_whom_the_proxy_could_not_name_has_no_address_rather_than_the_proxys(rightmost: str) -> None:
    assert address_of("127.0.0.1", f"127.0.0.1, {rightmost}") == ""


def test_who_calls_through_nothing_but_trusted_proxies_is_the_farthest_of_them() -> None:
    assert address_of(PROXY, "10.7.7.7, 10.8.8.8") == "10.7.7.7"


@pytest.mark.parametrize("addresses", ["", " "])
def test_a_proxy_that_passes_nothing_on_asks_for_itself(addresses: str) -> None:
    assert address_of(PROXY, addresses) == PROXY


def test_a_unix_socket_is_as_trusted_as_the_loopback() -> None:
    assert address_of("", CLIENT) == CLIENT
    assert origins.of("", Told(CLIENT), (ip_network("10.0.0.0/8"),)) == Origin("")


def test_what_is_made_up_at_the_left_is_not_even_read() -> None:
    assert address_of(PROXY, f"{'x,' * 1_000_000}{CLIENT}") == CLIENT


def test_more_proxies_than_there_can_be_are_nobodys() -> None:
    assert address_of(PROXY, f"{CLIENT},{','.join([PROXY] * (MAX_HOPS - 1))}") == CLIENT
    assert address_of(PROXY, f"{CLIENT},{CLIENT},{','.join([PROXY] * MAX_HOPS)}") == ""


@pytest.mark.parametrize(
    ("scheme", "believed"),
    [("https", "https"), ("HTTP", "http"), ("gopher, https", "https"), ("https, gopher", None), ("", None)],
)
def test_of_schemes_the_nearest_proxys_counts_if_it_is_one(scheme: str, believed: str | None) -> None:
    assert origins.of(PROXY, Told(scheme=scheme), TRUSTED).scheme == believed


@pytest.mark.parametrize(
    ("host", "believed"),
    [
        ("deals.example", "deals.example"),
        ("deals.example:8443", "deals.example:8443"),
        ("[2001:db8::1]:443", "[2001:db8::1]:443"),
        ("evil.example, deals.example", "deals.example"),
        ("deals.example/path", None),
        ("a b", None),
        ("user@deals.example", None),
        ("deals.example:port", None),
        ("", None),
    ],
)
def test_of_hosts_the_nearest_proxys_counts_if_it_is_one(host: str, believed: str | None) -> None:
    assert origins.of(PROXY, Told(host=host), TRUSTED).host == believed
