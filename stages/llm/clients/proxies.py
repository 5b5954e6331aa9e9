"""The proxy of the environment: which one stands between this machine and a server, and what to say of it."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_of(endpoint: str) -> str | None:
    """The address of the proxy that the environment names for this endpoint, with its password; None if there is none.

    HTTP_PROXY, HTTPS_PROXY and ALL_PROXY count, also in small letters, and NO_PROXY lists the exceptions.
    """
    parts = urlsplit(endpoint)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_advice(endpoint: str) -> str:
    """A line for the end of an error: the proxy, and how to go around it; "" if there is none."""
    proxy = proxy_of(endpoint)
    if proxy is None:
        return ""
    parts = urlsplit(endpoint)
    place = urlsplit(proxy).netloc.rpartition("@")[2]  # without its password
    return (
        f"\n  It is asked through the proxy {place} ({parts.scheme.upper()}_PROXY or ALL_PROXY in the environment). If "
        f"that is in the way, add {parts.hostname} to NO_PROXY"
    )
