"""A member before a browser: what their forms send, and what comes back."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask

from dealradar.domain.users.models import User
from dealradar.security.sessions import OWN, OWN_COOKIE
from tests.factories.people import token_for

OWN_PAGE: Final = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
SCRIPT: Final = OWN_PAGE | {"Accept": "application/json"}


class Browser:
    """A browser; *user* is logged in, None is nobody."""

    def __init__(self, app: Flask, user: User | None = None) -> None:
        self.client = app.test_client()
        self.token = "" if user is None else token_for(user)
        if user is not None:
            self.client.set_cookie(OWN_COOKIE, self.token, path=OWN, domain="localhost")

    def look(self, path: str) -> Any:
        """Open a page."""
        return self.client.get(path, headers={"Accept": "text/html"})

    def send(self, path: str, *, headers: Mapping[str, str] | None = None, **fields: Any) -> Any:
        """Send a form of a page of the site, unless *headers* say otherwise."""
        return self.client.post(path, data=fields, headers=OWN_PAGE if headers is None else headers)
