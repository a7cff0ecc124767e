"""Our own application, which tells at ``/profile`` in which functions it has spent most of its time."""

import cProfile
import io
import pstats
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from wsgi import app as ours

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SHOWN: Final = 15
_PROFILE: Final = cProfile.Profile()
_ONE_AT_A_TIME: Final = Lock()


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer any request as we do, and note where its time goes."""
    if environ["PATH_INFO"] == "/profile":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [told(_PROFILE).encode()]
    with _ONE_AT_A_TIME:
        return _PROFILE.runcall(lambda: list(ours(environ, start_response)))


def told(profile: cProfile.Profile) -> str:
    """Return the functions in which *profile* was longest, themselves, a line each: percent, calls, and which."""
    stats = pstats.Stats(profile, stream=io.StringIO())
    spent = sorted(((own_s, calls, where) for where, (_, calls, own_s, *_) in stats.stats.items()), reverse=True)  # type: ignore[attr-defined]  # not in typeshed
    whole_s = sum(own_s for own_s, *_ in spent)
    return "\n".join(
        f"{own_s / whole_s:>7.1%}{calls:>9}  {Path(path).parent.name}/{Path(path).name}:{line} {name}"
        for own_s, calls, (path, line, name) in spent[:SHOWN]
    )
