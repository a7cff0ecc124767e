"""A stand-in of Cloudflare's interface for purging, as its reference documents it."""

from collections.abc import Mapping
from typing import Any, Final

from tests.servers.origin import Page
from tests.servers.vendor import Call, Edge, Vendor, answer

MAX_OPERATIONS: Final = 100
MAX_TAG_CHARS: Final = 1_024
BUCKET: Final = 25
SECONDS_A_TOKEN: Final = 12


class CloudflareEdge:
    """One zone on a free plan: *tokens* is how many calls it still takes, *edge* what it keeps under which tags."""

    def __init__(self, zone_id: str, token: str) -> None:
        self.edge = Edge()
        self.api = Vendor(self._respond)
        self.tokens = BUCKET
        self._zone_id = zone_id
        self._token = token

    def keep(self, address: str, headers: Mapping[str, str]) -> None:
        """Keep an answer that came with *headers*."""
        tags = headers.get("Cache-Tag", "").lower().split(",")
        self.edge.keep(address, *(tag.strip() for tag in tags if tag.strip()))

    def _respond(self, call: Call) -> Page:
        if call.headers.get("authorization") != f"Bearer {self._token}":
            return _refusal(403, 10_000, "Authentication error")
        if call.path != f"/client/v4/zones/{self._zone_id}/purge_cache":
            return _refusal(404, 7_003, "Could not route to the path, perhaps your object identifier is invalid?")
        if self.tokens == 0:
            return _refusal(429, 971, "Please wait and consider throttling your request speed", SECONDS_A_TOKEN)
        self.tokens -= 1
        return self._purge(call.json())

    def _purge(self, wanted: dict[str, Any]) -> Page:
        if wanted == {"purge_everything": True}:
            self.edge.purge_all()
            return self._done()
        tags = wanted.get("tags")
        if wanted.keys() != {"tags"} or not isinstance(tags, list) or not all(_is_tag(tag) for tag in tags):
            return _refusal(400, 1_012, "Request must contain one of purge_everything, files, tags, hosts or prefixes")
        if not 0 < len(tags) <= MAX_OPERATIONS:
            return _refusal(400, 1_094, f"A maximum of {MAX_OPERATIONS} tags may be purged in one request")
        self.edge.purge([tag.lower() for tag in tags])
        return self._done()

    def _done(self) -> Page:
        return answer(200, {"success": True, "errors": [], "messages": [], "result": {"id": self._zone_id}})


def _is_tag(tag: object) -> bool:
    return (
        isinstance(tag, str)
        and 0 < len(tag) <= MAX_TAG_CHARS
        and all("!" <= char <= "~" for char in tag.replace(",", " "))
    )


def _refusal(status: int, code: int, message: str, retry_after_s: int | None = None) -> Page:
    headers = {} if retry_after_s is None else {"Retry_After": str(retry_after_s)}
    errors = [{"code": code, "message": message}]
    return answer(status, {"success": False, "errors": errors, "messages": [], "result": None}, **headers)
