"""The short road before Flask, under whichever WSGI server, as our loop takes it for plain requests (ADR 0066)."""

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

from dealradar.fastlane import environs
from dealradar.fastlane.connecting import EXTENSION, MakeLane
from dealradar.fastlane.desk import Desk
from dealradar.fastlane.telling import FRONT
from dealradar.ratelimit.counters import COUNTED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FastLane:
    """WSGI middleware around *app*, an application's, that answers what its cache has; *make* makes it a lane."""

    def __init__(self, app: "WSGIApplication", make: MakeLane) -> None:
        self._app = app
        self._make = make
        self._desk: Desk | None = None
        self._making = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        # What the server's loop has counted already it has asked the store about as well, a moment ago.
        head = None if COUNTED.get() else environs.read(environ)
        if head is None:
            return self._app(environ, start_response)
        desk = self._desk or self._open()
        outcome = desk.ask(head, environ.get("REMOTE_ADDR") or "")
        if outcome.answered is not None:
            start_response(outcome.answered.status, outcome.answered.fields)
            return [outcome.answered.body]
        with desk.counted(outcome.counted):
            return self._app(environ, start_response)

    def tell(self) -> None:
        """Tell what was answered, once a second at most."""
        if self._desk is not None:
            self._desk.tell()

    def close(self) -> None:
        """Tell what is left to be told."""
        if self._desk is not None:
            self._desk.close()

    def _open(self) -> Desk:
        """Return the desk of this process, which may have been forked after the application was made."""
        with self._making:
            self._desk = self._desk or Desk(self._make(""))
            return self._desk


def put_before(app: Flask) -> None:
    """Have what the cache of *app* holds be answered before Flask is asked; nothing, where it has none."""
    make: MakeLane | None = app.extensions[EXTENSION]
    if make is not None:
        app.extensions[FRONT] = front = FastLane(app.wsgi_app, make)
        app.wsgi_app = front  # type: ignore[method-assign]
