"""Which server a command talks to: the one that the developer has named, or the one that runs here."""

from scripts import running, settings
from scripts.clone import Clone
from scripts.refused import RefusedError


def url(clone: Clone, variable: str) -> str:
    """Return the URL of the server that *variable* names.

    Raises:
        RefusedError: Nobody has named one, and none runs.
    """
    given = settings.read(clone)
    if settings.names(given, variable):
        return str(getattr(given, variable.lower()))
    run = running.now(clone)
    if run is None:
        raise RefusedError(f"nothing runs here: start it with scripts/dev run in another terminal, or set {variable}")
    return run.urls[variable]
