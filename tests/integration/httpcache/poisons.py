"""Requests that try to leave something in the cache for others: all that is no part of an entry's key."""

from dataclasses import dataclass
from typing import Any, Final

EVIL: Final = "evil.example"


@dataclass(frozen=True)
class Poison:
    """What is done to an innocent request.

    Attributes:
        name: How it is told in a failure.
        headers: Fields that are added.
        query: The query string instead of none.
        path: The path, with the innocent one put in.
        method: The method instead of GET.
        body: What is sent along.
    """

    name: str
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""
    path: str = "{path}"
    method: str = "GET"
    body: bytes = b""

    def request(self, path: str) -> dict[str, Any]:
        """Return what the test client is to send in place of a GET of *path*."""
        return {
            "method": self.method,
            "headers": list(self.headers),
            "query_string": self.query,
            "data": self.body,
            "environ_overrides": {"PATH_INFO": self.path.format(path=path, rest=path.removeprefix("/api"))},
        }


FIELDS: Final = (
    ("Host", EVIL),
    ("Host", f"{EVIL}:31337"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", EVIL),
    ("X-Forwarded-Server", EVIL),
    ("X-Host", EVIL),
    ("X-Forwarded-Proto", "nothttps"),
    ("X-Forwarded-Scheme", "http"),
    ("X-Forwarded-Port", "31337"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Script-Name", "/evil"),
    ("Forwarded", f"for=127.0.0.1;host={EVIL};proto=http"),
    ("X-Original-URL", "/api/auth/me"),
    ("X-Rewrite-URL", "/api/auth/me"),
    ("X-HTTP-Method-Override", "POST"),
    ("X-HTTP-Method", "DELETE"),
    ("X-Method-Override", "HEAD"),
    ("Accept", "text/html"),
    ("Accept", "application/json;q=0, */*;q=0"),
    ("Accept-Language", "tlh"),
    ("Accept-Charset", "utf-7"),
    ("Origin", f"https://{EVIL}"),
    ("Origin", "null"),
    ("Referer", f"https://{EVIL}/"),
    ("Cookie", "session=evil; lang=tlh"),
    ("Range", "bytes=0-3"),
    ("Range", "bytes=-3,0-0"),
    ("If-Range", '"evil"'),
    ("If-None-Match", '"evil"'),
    ("If-None-Match", "*"),
    ("If-Match", '"evil"'),
    ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Pragma", "no-cache"),
    ("Cache-Control", "no-store, max-age=0"),
    ("Cache-Control", "only-if-cached"),
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Upgrade", "h2c"),
    ("Expect", "nonsense"),
    ("User-Agent", "x" * 8_000),
    ("X-Oversized", "x" * 8_000),
    ("X-Odd", "\t\x7f<script>"),
    ("X-Request-ID", "poisoned-by-evil-example"),
    ("Save-Data", "on"),
    ("DNT", "1"),
)
QUERIES: Final = (
    "utm_source=evil&fbclid=1",
    "sort=oldest",
    "sort=newest&sort=oldest",
    "sort=newest;sort=oldest",
    "utm_content=x;sort=oldest",
    "utm_content=x%26sort=oldest",
    "SORT=oldest",
    "Sort=oldest&LIMIT=1",
    "sort[]=oldest",
    "sort[0]=oldest&sort%5B%5D=oldest",
    "%73ort=oldest",
    "s%6Frt=oldest&sort=newest",
    "sort%00=oldest",
    "sort=newest%00oldest",
    "sort=newest%0d%0aX-Evil:1",
    "+sort=oldest",
    "sort+=oldest",
    "sort=%20newest",
    "limit=1",
    "limit=1&limit=20",
    "limit=20.0",
    "limit=%EF%BC%91",
    "limit=1_0",
    "limit=-1",
    "limit=",
    "cursor=",
    "cursor=evil",
    "callback=evil",
    "_method=POST",
    "x=" + "y" * 6_000,
    "&".join(f"p{number}=1" for number in range(1_500)),
    "?sort=oldest",
    "#sort=oldest",
    "%ff=%fe",
    "rating=1&min_price=1&status=open&depth=1",
)
PATHS: Final = (
    "{path}/",
    "{path}//",
    "/{path}",
    "//" + EVIL + "{path}",
    "/api/{rest}",
    "/api/.{rest}",
    "/api/x/..{rest}",
    "/api/docs/assets/..{rest}",
    "{path};sort=oldest",
    "{path}?sort=oldest",
    "{path}\x00",
    "{path}\n",
    "{path}.json",
    "{path}/evil.css",
    "{path} ",
    "{path}\\",
    "/API{rest}",
    "{path}%2f",
    "http://" + EVIL + "{path}",
)
FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)
POISONS: Final = (
    *(Poison(f"{name}: {value[:40]}", headers=((name, value),)) for name, value in FIELDS),
    *(Poison(f"?{query[:40]}", query=query) for query in QUERIES),
    *(Poison(f"{path!r} at {EVIL}", path=path, headers=(("Host", EVIL),)) for path in PATHS),
    Poison("GET with a form", headers=FORM, body=b"sort=oldest&limit=1"),
    Poison("GET with JSON", headers=(("Content-Type", "application/json"),), body=b'{"sort": "oldest", "limit": 1}'),
    Poison("GET with what is no JSON", headers=(("Content-Type", "application/json"),), body=b"\xff{"),
    Poison("HEAD", method="HEAD"),
    Poison("HEAD with a query", method="HEAD", query="utm_source=evil"),
    Poison("OPTIONS", method="OPTIONS"),
    Poison("POST, overridden", method="POST", headers=(("X-HTTP-Method-Override", "GET"),)),
    Poison("TRACE", method="TRACE"),
)
