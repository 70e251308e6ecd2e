"""The address that people type: is it on this machine, and is it https?"""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_local(host: str) -> bool:
    """Whether this names the very machine: loopback, or the folder of a socket."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_plain_http(url: str) -> bool:
    """Whether what people send to this address can be read on its way."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not is_local(parts.hostname or "")
