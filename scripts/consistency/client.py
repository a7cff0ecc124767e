"""One keep-alive connection to the site, as one client of many has."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, Final

from scripts import ports
from scripts.consistency.history import Answer

TIMEOUT_S: Final = 15.0

# Below the patience with idle connections of a site that stops, so that no request meets one that is just being closed.
_IDLE_AT_MOST_S: Final = 0.25


@dataclass(frozen=True)
class Wish:
    """A request: *send* goes as JSON."""

    path: str
    token: str | None = None
    method: str = "GET"
    send: Any = None


class CutError(Exception):
    """The connection, open since *opened_s*, ended at *ended_s* without an answer."""

    def __init__(self, wish: Wish, reason: Exception, *, opened_s: float, ended_s: float) -> None:
        super().__init__(f"{wish.method} {wish.path}: {type(reason).__name__}: {reason}")
        self.opened_s = opened_s
        self.ended_s = ended_s
        self.is_timeout = isinstance(reason, TimeoutError)


class Client:
    """Asks the site on *port*; only one thread may use it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(ports.LOCALHOST, port, timeout=TIMEOUT_S)
        self._opened_s = self._used_s = 0.0

    def ask(self, wish: Wish) -> Answer:
        """Return the answer, whatever its status.

        Raises:
            CutError: There was none.
        """
        began_s = time.monotonic()
        if began_s - self._used_s > _IDLE_AT_MOST_S:
            self._connection.close()
        if self._connection.sock is None:
            self._opened_s = began_s
        try:
            response, body = self._exchange(wish)
        except (OSError, http.client.HTTPException) as reason:
            self._connection.close()
            raise CutError(wish, reason, opened_s=self._opened_s, ended_s=time.monotonic()) from reason
        self._used_s = time.monotonic()
        x_cache, request_id = response.getheader("X-Cache", "-"), response.getheader("X-Request-ID", "-")
        return Answer(wish.path, response.status, body, x_cache, request_id, began_s, self._used_s)

    def _exchange(self, wish: Wish) -> tuple[http.client.HTTPResponse, bytes]:
        headers = {} if wish.token is None else {"Authorization": f"Bearer {wish.token}"}
        body = None
        if wish.send is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(wish.send)
        self._connection.request(wish.method, wish.path, body, headers)
        response = self._connection.getresponse()
        return response, response.read()
