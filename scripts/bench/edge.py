"""Clients of a site behind a cache: one that writes and waits until it shows, and others that read meanwhile."""

import json
import random
import secrets
import time
from collections.abc import Mapping, MutableMapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPMessage
from itertools import accumulate
from threading import Event, Thread
from typing import Any, Final

from scripts import ports
from scripts.refused import RefusedError

PATIENCE_S: Final = 30.0
"""The first write waits for workers that have just been started."""
LOOKS_EVERY_S: Final = 0.002
_Answer = tuple[int, HTTPMessage, bytes]


class Client:
    """One kept connection to what listens at *port* of the loopback; *token* says who asks."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(ports.LOCALHOST, port, timeout=PATIENCE_S)
        self.token: str | None = None

    def ask(self, path: str, *, method: str = "GET", send: object = None) -> _Answer:
        """Return status, fields and body of the answer; *send* goes as JSON."""
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = None if send is None else json.dumps(send)
        if body is not None:
            fields["Content-Type"] = "application/json"
        self._connection.request(method, path, body, fields)
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()


class Writer:
    """A new member who reviews *deals* through *site*, then rewrites one review after the other.

    *floors* says by path which write has been seen to show at *edge*.
    """

    def __init__(self, site: Client, edge: Client, deals: Sequence[int]) -> None:
        self._site, self._edge = site, edge
        site.token = registered(site)
        self._reviews = [(deal, self._review(deal)) for deal in deals]
        self.floors: MutableMapping[str, int] = {}

    def write(self, number: int) -> float:
        """Write *number* into one review; return the seconds from the answer until everybody is shown it.

        Raises:
            RefusedError: They aren't for long.
        """
        deal, review = self._reviews[number % len(self._reviews)]
        path = list_of(deal)
        self._edge.ask(path)  # so that there is something old to be got rid of
        _content(self._site.ask(f"/api/reviews/{review}", method="PATCH", send={"body": str(number)}))
        began_s = time.monotonic()
        while written_at(self._edge.ask(path)[2]) != number:
            if time.monotonic() - began_s > PATIENCE_S:
                raise RefusedError(f"{path} doesn't show what was written {PATIENCE_S:g} s ago")
            time.sleep(LOOKS_EVERY_S)
        taken_s = time.monotonic() - began_s
        self.floors[path] = number
        return taken_s

    def _review(self, deal: int) -> int:
        sent = {"deal_id": deal, "rating": 5, "body": "0"}
        return int(_content(self._site.ask("/api/reviews", method="POST", send=sent))["id"])


class Reader:
    """Asks for the reviews of *deals*, the first of them most (Zipf), over a connection of its own.

    *hits* of its *reads* came out of Varnish, *stale* ones were older than *floors* said when they were asked for.
    """

    def __init__(self, port: int, floors: Mapping[str, int], *, deals: Sequence[int], seed: int) -> None:
        self.reads = self.hits = self.stale = self.failed = 0
        self._client = Client(port)
        self._floors = floors
        self._deals = deals
        self._weights = list(accumulate(1 / rank for rank in range(1, len(deals) + 1)))
        self._random = random.Random(seed)  # noqa: S311 - the same traffic each time
        self._thread: Thread | None = None

    def start(self, is_over: Event) -> None:
        """Read in a thread until *is_over*."""
        self._thread = Thread(target=self._run, args=(is_over,), daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until it has ended."""
        assert self._thread is not None  # noqa: S101 - it was started
        self._thread.join(PATIENCE_S)

    def _run(self, is_over: Event) -> None:
        while not is_over.wait(LOOKS_EVERY_S):
            path = list_of(self._random.choices(self._deals, cum_weights=self._weights)[0])
            floor = self._floors.get(path, 0)
            status, fields, body = self._client.ask(path)
            self.reads += 1
            self.failed += status != HTTPStatus.OK
            self.hits += "varnish; hit" in fields.get("Cache-Status", "")
            self.stale += status == HTTPStatus.OK and written_at(body) < floor


def registered(client: Client) -> str:
    """Return the token of a new member.

    Raises:
        RefusedError: The site doesn't take one.
    """
    name = f"member{secrets.token_hex(6)}"
    member = {"username": name, "email": f"{name}@example.com", "password": "a-long-password"}
    return str(_content(client.ask("/api/auth/register", method="POST", send=member))["token"])


def shown(client: Client, deals: Sequence[int]) -> list[int]:
    """Return those of *deals* that everybody is shown."""
    return [deal for deal in deals if client.ask(list_of(deal))[0] == HTTPStatus.OK]


def list_of(deal: int) -> str:
    """Return the path of a deal's reviews."""
    return f"/api/reviews/deal/{deal}"


def written_at(body: bytes) -> int:
    """Return which write of the `Writer` the list *body* shows."""
    return max((int(item["body"]) for item in json.loads(body).get("items", []) if item["body"].isdecimal()), default=0)


def _content(answer: _Answer) -> Any:  # noqa: ANN401 - any JSON
    status, _, body = answer
    if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        raise RefusedError(f"the site answered {status}: {body.decode(errors='replace')[:200]}")
    return json.loads(body)
