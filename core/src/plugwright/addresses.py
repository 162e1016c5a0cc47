"""Network addresses: which of them are the public internet, and which are near us.

Deny by default: an address is public only if nothing speaks against it, whatever the
network and the tables of this Python's `ipaddress` say.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Address: TypeAlias = IPv4Address | IPv6Address

LOCALHOST = "localhost"
HERE = ("127.0.0.1", "::1")
"""What `localhost` is. Nobody is asked: a resolver might say something else."""

_NOT_PUBLIC = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15
198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
2001::/23 2001:db8::/32 2002::/16 3fff::/20
"""
_METADATA = ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
"""Where machines in a cloud get their passwords from; one is a public number."""
_GLOBAL_6 = "2000::/3"
"""All IPv6 that was ever given out; the rest is local, mapped or nothing."""
_NAT64 = "64:ff9b::/96"
"""Stands for the IPv4 address in its last bits, where a network has only IPv6."""
_NOBODY = ("0.0.0.0/8", "::/128", "224.0.0.0/4", "240.0.0.0/4", "ff00::/8")
"""Nobody's own address, so that nobody can mean it: all, none, many."""
_DISGUISES = ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "2002::/16", "2001::/32")
"""IPv4 in IPv6's clothes: mapped, translated, compatible, 6to4 and Teredo."""


def literal(text: str) -> str | None:
    """Write an address the one way; None is for what is none, or not spelt plainly."""
    from ipaddress import ip_address  # not needed by whoever only imports us

    if "%" in text:  # an interface of this machine
        return None
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def is_public(text: str) -> bool:
    """Tell whether an address is somebody's on the public internet."""
    address = _read(text)
    if text in _METADATA or not address.is_global or address.is_multicast:
        return False
    if address.version == 6:
        if address in _network(_NAT64):
            return is_public(_last_bits(address))
        if address not in _network(_GLOBAL_6) or _is_isatap(address):
            return False
    return not _within(address, _NOT_PUBLIC.split())


def is_somebody(text: str) -> bool:
    """Tell whether an address can be one machine's, and is spelt as what it is."""
    address = _read(text)
    if text == "::1":  # which is in the range of a disguise
        return True
    return not _within(address, (*_NOBODY, *_DISGUISES, _NAT64, "64:ff9b:1::/48"))


def is_metadata(text: str) -> bool:
    """Tell whether a cloud hands out its passwords here."""
    return text in _METADATA


def is_here(text: str) -> bool:
    """Tell whether an address is this computer's own."""
    return _read(text).is_loopback


def _read(text: str) -> Address:
    from ipaddress import ip_address

    return ip_address(text)


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    from ipaddress import ip_network

    return ip_network(text)


def _within(address: Address, networks: Iterable[str]) -> bool:
    return any(address in _network(network) for network in networks)


def _last_bits(address: Address) -> str:
    from ipaddress import IPv4Address

    return str(IPv4Address(int(address) & 0xFFFFFFFF))


def _is_isatap(address: Address) -> bool:
    """Whether its second half is `0:5efe` or `200:5efe` and an IPv4 address."""
    return (int(address) >> 32) & 0xFDFFFFFF == 0x00005EFE
