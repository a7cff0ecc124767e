"""What browsers are told of every answer of ours: to take it for what it says, what it may load, and be put in."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from flask import Flask, Response, request

from dealradar.config import Settings

HSTS: Final = "max-age=31536000; includeSubDomains"
EVERYWHERE: Final = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
)
DATA: Final = "default-src 'none'; frame-ancestors 'none'"
PAGES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DOCUMENTATION: Final = PAGES.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
CONTENT_POLICIES: Final = (("/api/docs", DOCUMENTATION), ("/api", DATA), ("", PAGES))
"""What an answer below a path may load, the first that fits: data nothing, pages what comes from here.

The rendering of the API's description styles itself as it goes, which takes 'unsafe-inline'.
"""


def of(path: str, *, is_secure_site: bool) -> Mapping[str, str]:
    """Return the fields for an answer at *path*.

    With *is_secure_site*, browsers are bound to HTTPS for a year (RFC 6797): only where that is sure to work.
    """
    policy = next(policy for prefix, policy in CONTENT_POLICIES if f"{path}/".startswith(f"{prefix}/"))
    told = {**EVERYWHERE, "Content-Security-Policy": policy}
    return told | {"Strict-Transport-Security": HSTS} if is_secure_site else told


def register(app: Flask, settings: Settings) -> None:
    """Put the fields on every answer of *app*, errors too; one that an endpoint has set itself stays."""
    app.after_request(partial(_put, settings))


def _put(settings: Settings, response: Response) -> Response:
    told = of(request.path, is_secure_site=settings.is_production and request.is_secure)
    present = {name.lower() for name, _ in response.headers}  # once for all: setdefault() looks through them each time
    response.headers.extend((name, value) for name, value in told.items() if name.lower() not in present)
    return response
