"""What a browser loads for the first view of a page: style sheets and scripts, compressed, in how many requests."""

from __future__ import annotations

import gzip
import http.client
from html.parser import HTMLParser


class _Loads(HTMLParser):
    """Collects what a page makes a browser fetch at once."""

    def __init__(self) -> None:
        super().__init__()
        self.weighed: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        rel = given.get("rel", "").split()
        if tag == "link" and ("stylesheet" in rel or "modulepreload" in rel):
            self.weighed.append(given["href"])
        elif tag == "script" and given.get("src"):
            self.weighed.append(given["src"])
        elif tag == "link" and ("icon" in rel or "manifest" in rel):
            self.others.append(given["href"])
        elif tag in ("img", "iframe") and given.get("src") and given.get("loading") != "lazy":
            self.others.append(given["src"])


def first_view(port: int, path: str) -> tuple[float, int]:
    """Kilobytes (1,024 bytes) of CSS and JavaScript after gzip, and the number of requests with the page itself."""
    page = _get(port, path).decode()
    loads = _Loads()
    loads.feed(page)
    if any(address.startswith(("http:", "https:", "//")) for address in (*loads.weighed, *loads.others)):
        raise RuntimeError(f"{path} loads something from elsewhere.")
    kilobytes = sum(len(gzip.compress(_get(port, address), 9)) for address in set(loads.weighed)) / 1024
    return kilobytes, 1 + len({*loads.weighed, *loads.others})


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}.")
    return body
