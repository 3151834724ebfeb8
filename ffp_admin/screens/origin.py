"""Where a request comes from: the client's address, the host name it asked for, the site whose page sent it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from flask import current_app, request

from ffp_admin.config import Settings

SETTINGS = "FFP_SETTINGS"
_OWN_NAMES = ("localhost", "127.0.0.1", "::1")
#: one subscriber's share of an IPv6 network counts as one address
_IPV6_SHARE = 64


def current_settings() -> Settings:
    """The settings of this installation."""
    settings = current_app.config[SETTINGS]
    assert isinstance(settings, Settings)
    return settings


def client_address() -> str:
    """The address that sent the request: the nearest one that is no proxy of ours.

    X-Forwarded-For is believed only from a trusted proxy, read from its end: what stands further left the client wrote.
    """
    trusted = [ip_network(text, strict=False) for text in current_settings().trusted_proxies]
    nearest = request.remote_addr or ""
    for address in _way_back(nearest):
        if not _is_address(address):
            break
        nearest = address
        if not any(_lies_in(address, network) for network in trusted):
            break
    return _share(nearest)


def _way_back(peer: str) -> Iterator[str]:
    yield peer
    for text in reversed(",".join(request.headers.getlist("X-Forwarded-For")).split(",")):
        yield text.strip()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _lies_in(address: str, network: IPv4Network | IPv6Network) -> bool:
    return ip_address(address) in network


def _share(address: str) -> str:
    if not _is_address(address) or ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address}/{_IPV6_SHARE}", strict=False))


def is_known_host() -> bool:
    """Whether the request names us as people do: the public address, FFP_ALLOWED_HOSTS, or this machine itself.

    An installation that is reached by a number is reached by any number: only names can be turned to point elsewhere.
    """
    settings = current_settings()
    public = urlsplit(settings.public_url).hostname or ""
    asked = _host_of(request.host)
    if asked in (public, *_OWN_NAMES, *(name.lower() for name in settings.allowed_hosts)):
        return True
    return _is_address(asked) and (_is_address(public) or public in _OWN_NAMES)


def _host_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_foreign() -> bool:
    """Whether the browser says that a page of another site sent the request; old browsers say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    own = {request.host, urlsplit(current_settings().public_url).netloc}
    return urlsplit(origin).netloc not in own
