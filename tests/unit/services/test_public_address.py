"""Where a host that a person typed may lead: never into a private network, whatever its addresses are wrapped in."""

from collections.abc import Sequence

import pytest

from plugin.domain.errors import InvalidInput, Transient
from plugin.services.public_address import is_public, reachable_address

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "not an address",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_attack_A59_private_addresses_are_none_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


def leads_to(*addresses: str) -> Sequence[str]:
    return addresses


def test_attack_A59_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(InvalidInput, match="private network"):
        reachable_address("evil.example", 587, resolve=lambda *_: leads_to("8.8.8.8", "127.0.0.1"))


def test_the_address_that_was_checked_is_the_one_that_is_used() -> None:
    assert reachable_address("mail.example", 587, resolve=lambda *_: leads_to("8.8.8.8", "9.9.9.9")) == "8.8.8.8"
    private = reachable_address("relay", 587, resolve=lambda *_: leads_to("10.0.0.7"), may_be_private=True)
    assert private == "10.0.0.7"


def test_an_unknown_host_may_be_known_later() -> None:
    def fails(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(Transient, match="not known"):
        reachable_address("nowhere.example", 587, resolve=fails)
    with pytest.raises(Transient):
        reachable_address("nowhere.example", 587, resolve=lambda *_: ())
