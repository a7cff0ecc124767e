"""CDNs to purge: each a stand-in of its interface, and targets that lead there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from dealradar.config import Settings
from dealradar.httpcache.surrogates import cache_tag, surrogate_key
from dealradar.invalidation.cdn import cloudflare, cloudfront, fastly
from dealradar.invalidation.targets import Target
from tests.servers.cloudflare import CloudflareEdge
from tests.servers.cloudfront import CloudFrontEdge
from tests.servers.fastly import FastlyEdge

ID = "EDFDVBD6EXAMPLE"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
TOKEN = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@dataclass(frozen=True)
class Cdn:
    """A stand-in and the target that tells it; the others that are made go to it under a wrong token or id."""

    stand_in: FastlyEdge | CloudflareEdge | CloudFrontEdge
    target: Target
    with_wrong_token: Callable[[], Target]
    with_wrong_id: Callable[[], Target]

    @property
    def kept(self) -> set[str]:
        """The addresses of what its edge keeps."""
        return set(self.stand_in.edge.kept)

    def keep(self, address: str, *tags: str) -> None:
        """Have its edge keep what depends on *tags*."""
        self.stand_in.keep(address, {"Surrogate-Key": surrogate_key(tags), "Cache-Tag": cache_tag(tags)})


@pytest.fixture
def service() -> Iterator[FastlyEdge]:
    """Return a service of Fastly."""
    service = FastlyEdge(ID, TOKEN)
    with service.api.running():
        yield service


@pytest.fixture
def zone() -> Iterator[CloudflareEdge]:
    """Return a zone of Cloudflare."""
    zone = CloudflareEdge(ID, TOKEN)
    with zone.api.running():
        yield zone


@pytest.fixture
def distribution(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CloudFrontEdge]:
    """Return a distribution of CloudFront that AWS's variables lead to, with the credentials that it takes."""
    distribution = CloudFrontEdge(ID, KEY_ID, TOKEN)
    for name, value in (
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", TOKEN),
        ("AWS_ENDPOINT_URL_CLOUDFRONT", distribution.api.url),
        ("AWS_CONFIG_FILE", str(tmp_path / "none")),
        ("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none")),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(name, value)
    with distribution.api.running():
        yield distribution


@pytest.fixture
def at_fastly(service: FastlyEdge) -> Cdn:
    """Return it with what tells it."""

    def target(service_id: str = ID, token: str = TOKEN) -> Target:
        (target,) = fastly.of(
            Settings(fastly_api_url=service.api.url, fastly_service_id=service_id, fastly_api_token=SecretStr(token))
        )
        return target

    return Cdn(service, target(), lambda: target(token="wrong"), lambda: target("other"))


@pytest.fixture
def at_cloudflare(zone: CloudflareEdge) -> Cdn:
    """Return it with what tells it."""

    def target(zone_id: str = ID, token: str = TOKEN) -> Target:
        (target,) = cloudflare.of(
            Settings(
                cloudflare_api_url=f"{zone.api.url}/client/v4",
                cloudflare_zone_id=zone_id,
                cloudflare_api_token=SecretStr(token),
            )
        )
        return target

    return Cdn(zone, target(), lambda: target(token="wrong"), lambda: target("other"))


@pytest.fixture
def at_cloudfront(distribution: CloudFrontEdge, monkeypatch: pytest.MonkeyPatch) -> Cdn:
    """Return it with what tells it."""

    def target(distribution_id: str = ID) -> Target:
        (target,) = cloudfront.of(Settings(cloudfront_distribution_id=distribution_id))
        return target

    def with_wrong_token() -> Target:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        return target()

    return Cdn(distribution, target(), with_wrong_token, lambda: target("other"))


@pytest.fixture(params=["at_fastly", "at_cloudflare", "at_cloudfront"])
def cdn(request: pytest.FixtureRequest) -> Cdn:
    """Return each CDN."""
    cdn: Cdn = request.getfixturevalue(request.param)
    return cdn
