"""A server that stands behind a cache and answers what a test puts there."""

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.servers.loopback import Loopback


@dataclass(frozen=True)
class Page:
    """One answer."""

    body: bytes = b""
    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)


class Origin(Loopback):
    """Answers each path with its page of *pages*, by method where one stands there, and keeps what it was asked."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pages: dict[str, Page] = {"/health": Page(b"{}")}
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def of(self, path: str) -> list[dict[str, str]]:
        """Return the fields of the requests for *path*, names in lower case."""
        return [fields for _, asked, fields in self.asked if asked == path]


class _Handler(BaseHTTPRequestHandler):
    server: Origin

    def _answer(self) -> None:
        fields = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, fields))
        page = self.server.pages.get(self.path, Page(status=404, fields={"Cache-Control": "no-store"}))
        self.send_response(page.status)
        for name, value in page.fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815  the names that the library calls

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
