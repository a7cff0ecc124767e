"""The whole site behind three CDNs at once: what is written over HTTP is gone from the edge of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from tests.factories.people import token_for
from tests.journeys.waiting import eventually
from tests.servers.cloudflare import CloudflareEdge
from tests.servers.cloudfront import CloudFrontEdge
from tests.servers.fastly import FastlyEdge
from tests.servers.site import Site
from tests.servers.valkey import Valkey
from tests.servers.workers import Workers

ID: Final = "EDFDVBD6EXAMPLE"
KEY_ID: Final = "AKIAIOSFODNN7EXAMPLE"
TOKEN: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SPARED: Final = "/api/categories"


@pytest.fixture
def fastly() -> Iterator[FastlyEdge]:
    """Return a service of Fastly."""
    fastly = FastlyEdge(ID, TOKEN)
    with fastly.api.running():
        yield fastly


@pytest.fixture
def cloudflare() -> Iterator[CloudflareEdge]:
    """Return a zone of Cloudflare."""
    cloudflare = CloudflareEdge(ID, TOKEN)
    with cloudflare.api.running():
        yield cloudflare


@pytest.fixture
def cloudfront() -> Iterator[CloudFrontEdge]:
    """Return a distribution of CloudFront."""
    cloudfront = CloudFrontEdge(ID, KEY_ID, TOKEN)
    with cloudfront.api.running():
        yield cloudfront


@pytest.fixture
def cdns(
    fastly: FastlyEdge, cloudflare: CloudflareEdge, cloudfront: CloudFrontEdge
) -> tuple[FastlyEdge | CloudflareEdge | CloudFrontEdge, ...]:
    """Return all three."""
    return fastly, cloudflare, cloudfront


@pytest.fixture
def environment(
    environment: dict[str, str], broker: Valkey, fastly: FastlyEdge, cloudflare: CloudflareEdge
) -> dict[str, str]:
    """Return what all processes of the site are told."""
    return environment | {
        "CELERY_BROKER_URL": broker.url,
        "WEB_CONCURRENCY": "1",
        "FASTLY_API_URL": fastly.api.url,
        "FASTLY_SERVICE_ID": ID,
        "FASTLY_API_TOKEN": TOKEN,
        "CLOUDFLARE_API_URL": f"{cloudflare.api.url}/client/v4",
        "CLOUDFLARE_ZONE_ID": ID,
        "CLOUDFLARE_API_TOKEN": TOKEN,
        "CLOUDFRONT_DISTRIBUTION_ID": ID,
    }


@pytest.fixture
def _workers(
    deal: Deal,  # noqa: ARG001  it is there
    environment: dict[str, str],
    cloudfront: CloudFrontEdge,
    tmp_path: Path,
) -> Iterator[None]:
    of_aws = {
        "AWS_ENDPOINT_URL_CLOUDFRONT": cloudfront.api.url,
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": TOKEN,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    db.session.execute(text("TRUNCATE cache_outbox"))  # what the deal owed
    db.session.commit()
    workers = Workers(environment | of_aws, tmp_path)
    workers.start()
    yield
    workers.stop()


@pytest.mark.usefixtures("_workers")
def test_a_write_is_gone_from_every_edge_and_what_a_fetch_brings_back_as_well(
    site: Site, deal: Deal, bob: User, cdns: tuple[FastlyEdge | CloudflareEdge | CloudFrontEdge, ...], tmp_path: Path
) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    before, spared = site.ask(path), site.ask(SPARED)
    for cdn in cdns:
        cdn.keep(path, before.headers)
        cdn.keep(SPARED, spared.headers)
        cdn.edge.under_way.add(path)

    site.ask("/api/reviews", token=token_for(bob), send={"deal_id": deal.id, "rating": 5, "body": "New."})
    are_gone = [eventually(lambda: path not in cdn.edge.kept) for cdn in cdns]  # noqa: B023  called at once
    logged = (tmp_path / "worker.log").read_text() + (tmp_path / "web.log").read_text()

    assert are_gone == [True, True, True], logged
    assert [(set(cdn.edge.kept), cdn.edge.under_way) for cdn in cdns] == [({SPARED}, set())] * len(cdns)
    assert TOKEN not in logged
