"""Where a request comes from, as far as sign-in needs to know."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

HOME_PREFIX = 64
"""Who has one IPv6 address mostly has all of its /64, and could otherwise start anew with each."""


def client_address(request: HttpRequest) -> str:
    """Return the address that tries are counted for; what a proxy says counts (ALLAUTH_TRUSTED_PROXY_COUNT)."""
    text = get_adapter(request).get_client_ip(request)
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, HOME_PREFIX), strict=False).network_address)


def shortened(text: str) -> str:
    """Return an address without its last part, enough to tell home from work."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv4Address):
        return str(IPv4Network((address, 24), strict=False).network_address).removesuffix(".0") + ".x"
    return str(IPv6Network((address, 48), strict=False).network_address) + "/48"
