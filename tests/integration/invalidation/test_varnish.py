"""Varnish as a target, a real one, with the documented VCL."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from dealradar.httpcache.surrogates import REST
from dealradar.invalidation.cdn import varnish as target
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Batch, TargetUnavailableError
from dealradar.invalidation.triggers import EVERYTHING
from tests.servers import varnish as installed
from tests.servers.loopback import Loopback
from tests.servers.origin import Origin, Page
from tests.servers.varnish import Varnish

pytestmark = pytest.mark.skipif(installed.missing() is not None, reason=f"NOT TESTED: {installed.missing()}")

PATH: Final = "/api/deals"
FOR_CDNS: Final = {
    "Cache-Control": "public, no-cache",
    "CDN-Cache-Control": "public, max-age=300, stale-if-error=86400",
}


def _page(body: bytes, *, keys: str) -> Page:
    return Page(body, fields={**FOR_CDNS, "Surrogate-Key": keys})


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Return what the origin runs in: closed, it is as if the site were stopped."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def origin(running: ExitStack) -> Origin:
    """Return what stands behind Varnish."""
    return running.enter_context(Origin().running())


@pytest.fixture
def varnish(origin: Origin, tmp_path: Path) -> Iterator[Varnish]:
    """Return Varnish, knowing that its origin is well."""
    varnish = Varnish(tmp_path, origin.port)
    varnish.start()
    yield varnish
    varnish.stop()


def _old_and_then_new(varnish: Varnish, origin: Origin, *, keys: str) -> None:
    """Have Varnish keep ``old``, bound to *keys*, where the origin has ``new`` by now."""
    origin.pages[PATH] = _page(b"old", keys=keys)
    varnish.ask(PATH)
    origin.pages[PATH] = _page(b"new", keys=keys)
    assert varnish.ask(PATH).body == b"old"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("keys", "tag"),
    [
        pytest.param("deal:1 deals path:/deals path:/", "deals", id="one of its keys"),
        pytest.param("deals path:/", EVERYTHING, id="everything"),
        pytest.param(f"path:/ {REST}", "deal:1", id="one that did not fit"),
    ],
)
def test_what_depends_on_a_tag_is_no_longer_served(
    varnish: Varnish, origin: Origin, kind: Kind, keys: str, tag: str
) -> None:
    _old_and_then_new(varnish, origin, keys=keys)

    target.Varnish(varnish.url).deliver(Batch(kind, (tag,)))

    assert varnish.ask(PATH).body == b"new"


def test_what_depends_on_none_of_the_tags_is_kept(varnish: Varnish, origin: Origin) -> None:
    _old_and_then_new(varnish, origin, keys="deals path:/")

    target.Varnish(varnish.url).deliver(Batch(Kind.HARD, ("deal:1", "deals@user:1")))

    assert varnish.ask(PATH).body == b"old"


@pytest.mark.parametrize("position", [0, 100, 199])
def test_more_tags_than_one_field_can_hold_are_all_purged(varnish: Varnish, origin: Origin, position: int) -> None:
    tags = tuple(f"{'x' * 200}:{number}" for number in range(200))
    _old_and_then_new(varnish, origin, keys=tags[position])

    target.Varnish(varnish.url).deliver(Batch(Kind.STRICT, tags))

    assert varnish.ask(PATH).body == b"new"


@pytest.mark.parametrize(("kind", "status"), [(Kind.HARD, 503), (Kind.STRICT, 200), (Kind.SOFT, 200)])
def test_with_the_site_stopped_nothing_that_was_taken_down_is_left(
    varnish: Varnish, origin: Origin, running: ExitStack, *, kind: Kind, status: int
) -> None:
    _old_and_then_new(varnish, origin, keys="deals")
    target.Varnish(varnish.url).deliver(Batch(kind, ("deals",)))

    running.close()

    assert varnish.ask(PATH).status == status


def test_one_that_is_down_says_so(varnish: Varnish) -> None:
    varnish.stop()

    with pytest.raises(TargetUnavailableError, match=f"127.0.0.1:{varnish.port}"):
        target.Varnish(varnish.url).deliver(Batch(Kind.STRICT, ("deals",)))


def test_what_answers_but_does_not_purge_counts_as_not_told() -> None:
    with Origin().running() as origin, pytest.raises(TargetUnavailableError, match="501"):
        target.Varnish(_url(origin)).deliver(Batch(Kind.STRICT, ("deals",)))


def _url(server: Loopback) -> str:
    return f"http://127.0.0.1:{server.port}/"
