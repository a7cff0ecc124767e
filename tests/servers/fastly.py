"""A stand-in of Fastly's interface for purging, as its reference documents it."""

from collections.abc import Mapping
from typing import Final

from tests.servers.origin import Page
from tests.servers.vendor import Call, Edge, Vendor, answer

MAX_KEYS: Final = 256
PURGES_OF_ALL: Final = 1_000
RESETS_AT_S: Final = 4_102_444_800


class FastlyEdge:
    """One service: *edge* is what it keeps, *api* where it is called, *purges_left* how often for everything."""

    def __init__(self, service_id: str, token: str) -> None:
        self.edge = Edge()
        self.api = Vendor(self._respond)
        self.purges_left = PURGES_OF_ALL
        self.softly: list[str] = []
        self._service_id = service_id
        self._token = token

    def keep(self, address: str, headers: Mapping[str, str]) -> None:
        """Keep an answer that came with *headers*."""
        self.edge.keep(address, *headers.get("Surrogate-Key", "").split())

    def _respond(self, call: Call) -> Page:
        if call.headers.get("fastly-key") != self._token:
            return answer(401, {"msg": "Provided credentials are missing or invalid"})
        if call.path == f"/service/{self._service_id}/purge":
            return self._purge(call)
        if call.path == f"/service/{self._service_id}/purge_all":
            return self._purge_all()
        return answer(404, {"msg": "Record not found", "detail": "Cannot load service"})

    def _purge(self, call: Call) -> Page:
        keys = call.json().get("surrogate_keys") if call.headers.get("content-type") == "application/json" else None
        if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
            return answer(400, {"msg": "Bad request", "detail": "surrogate_keys must be a list of strings"})
        if len(keys) > MAX_KEYS:
            return answer(400, {"msg": "Bad request", "detail": f"Surrogate keys exceed the limit of {MAX_KEYS}"})
        if "fastly-soft-purge" in call.headers:
            # Stale, yet served for as long as stale-while-revalidate allows.
            self.softly += keys
        else:
            self.edge.purge(keys)
        return answer(200, {key: f"108-1391560174-{number}" for number, key in enumerate(keys)})

    def _purge_all(self) -> Page:
        limit = {
            "Fastly_RateLimit_Remaining": str(max(0, self.purges_left - 1)),
            "Fastly_RateLimit_Reset": str(RESETS_AT_S),
        }
        if self.purges_left == 0:
            return answer(429, {"msg": "Too Many Requests"}, **limit)
        self.purges_left -= 1
        self.edge.purge_all()
        return answer(200, {"status": "ok"}, **limit)
