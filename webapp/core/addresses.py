"""Network addresses as limits count them."""

import ipaddress


def network(address: str | None) -> str:
    """What stands for who sits behind an address: an IPv4 address, or the /64 of IPv6 that one household or office has
    all of. What is no address stands for itself."""
    try:
        found = ipaddress.ip_address((address or "-").partition("%")[0])
    except ValueError:
        return address or "-"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
