"""Before anything else looks at a request: put the client's address, scheme and host in place of the proxy's."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

from dealradar.config import Settings
from dealradar.security import origins
from dealradar.security.origins import Network, Origin, Told

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESSES: Final = "HTTP_X_FORWARDED_FOR"
SCHEME: Final = "HTTP_X_FORWARDED_PROTO"
HOST: Final = "HTTP_X_FORWARDED_HOST"
FURTHER: Final = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_SSL")
"""Others of their kind, that a library might believe: nothing after us sees any of them."""


def register(app: Flask, settings: Settings) -> None:
    """Have *app* see each request as the client sent it, through the proxies that *settings* trust."""
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]


class TrustedProxies:
    """WSGI middleware around *app* that believes only what proxies in *trusted* networks say."""

    def __init__(self, app: "WSGIApplication", trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        told = Told(*(environ.pop(name, "") for name in (ADDRESSES, SCHEME, HOST)))
        for name in FURTHER:
            environ.pop(name, None)
        _put(environ, origins.of(environ.get("REMOTE_ADDR") or "", told, self._trusted))
        return self._app(environ, start_response)


def _put(environ: dict[str, Any], origin: Origin) -> None:
    if environ.get("REMOTE_ADDR") != origin.address:
        environ["REMOTE_ADDR"] = origin.address
        environ.pop("REMOTE_PORT", None)
    if origin.scheme is not None:
        environ["wsgi.url_scheme"] = origin.scheme
    if origin.host is not None:
        environ["HTTP_HOST"] = origin.host
