"""Only what is surely somebody's on the public internet counts as public."""

from __future__ import annotations

import pytest

from plugwright.addresses import is_here, is_public, is_somebody, literal


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00::1", "64:ff9b::1.1.1.1"],
)
def test_somebody_on_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255"),
        *("127.0.0.1", "127.255.255.254", "169.254.0.1", "172.16.0.1", "192.168.1.1"),
        *("192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.9", "224.0.0.1", "224.0.1.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "169.254.169.254", "168.63.129.16", "100.100.100.200"),
        *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
        *("::ffff:0:8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe"),
        *("64:ff9b::168.63.129.16", "64:ff9b:1::1", "100::1", "2001::1"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:db8::1"),
        *("2002:7f00:1::1", "2002:0808:0808::1", "3fff::1", "5f00::1", "4000::1"),
        *("fc00::1", "fd00:ec2::254", "fd12:3456::1", "fe80::1", "fe80::1%eth0"),
        *("fec0::1", "ff02::1", "ff0e::1", "2a00::5efe:7f00:1", "2a00::200:5efe:a00:1"),
    ],
)
def test_everything_else_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "fd00::1", "1.1.1.1"],
)
def test_one_machine_can_be_meant(address):
    assert is_somebody(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"),
        *("::ffff:127.0.0.1", "::127.0.0.1", "2002:7f00:1::1", "2001::1"),
        *("64:ff9b::127.0.0.1", "64:ff9b:1::1"),
    ],
)
def test_nobody_can_be_meant_by_all_by_none_or_by_a_disguise(address):
    assert not is_somebody(address)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("2001:DB8::A", "2001:db8::a"),
        ("127.1", None),
        ("0177.0.0.1", None),
        ("127.0.0.01", None),
        ("0x7f.0.0.1", None),
        ("2130706433", None),
        ("fe80::1%eth0", None),
        ("example.org", None),
    ],
)
def test_an_address_is_spelt_in_one_way(text, address):
    assert literal(text) == address


def test_this_computer_is_known():
    assert is_here("127.0.0.1")
    assert is_here("::1")
    assert not is_here("10.0.0.1")
