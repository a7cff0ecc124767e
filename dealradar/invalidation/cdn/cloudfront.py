"""CloudFront as a target ("Amazon CloudFront, Invalidating content by cache tags"; its API's CreateInvalidation)."""

import time
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from botocore.parsers import ResponseParserError
from botocore.session import Session
from urllib3 import HTTPHeaderDict

from dealradar.config import Settings
from dealradar.httpcache.surrogates import purging_listed
from dealradar.invalidation.cdn.http import TIMEOUT
from dealradar.invalidation.cdn.waits import REFUSED_WAIT_S, wait_s
from dealradar.invalidation.targets import Backoff, Batch, TargetUnavailableError
from dealradar.invalidation.triggers import EVERYTHING

MAX_TAGS: Final = 500
"""More are taken for everything: 3,000 may be in progress at once, and each of them is paid for, as all together is."""
ALL: Final = ("/*",)
REFUSING: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


def of(settings: Settings) -> list["CloudFront"]:
    """Return the distribution that *settings* name, if any."""
    return [] if settings.cloudfront_distribution_id is None else [CloudFront(settings.cloudfront_distribution_id)]


class CloudFront:
    """The copies that one distribution of CloudFront keeps, bound to the tags in their Cache-Tag.

    Credentials, and another address than AWS's own, are looked for where AWS's programs look for them (ADR 0045). How
    long an invalidation is on its way to all edges isn't promised; it counts as delivered when it is accepted.
    """

    name: Final = "cloudfront"
    backoff: Final = Backoff(first_s=1.0, max_s=60.0)
    batch_tags: Final = 1_000
    # Each tag of each invalidation is paid for: what is written within a second shares them.
    pace_s: Final = 1.0

    def __init__(self, distribution_id: str) -> None:
        self._distribution_id = distribution_id

    def deliver(self, batch: Batch) -> None:
        """Invalidate what depends on the tags of *batch*, or all where these are too many.

        Raises:
            TargetUnavailableError: It isn't known that it was accepted.
        """
        items = _items(batch.tags)
        try:
            self._invalidate(items)
        except ClientError as error:
            # The limit for what ends in an asterisk is another one: rather all anew than some of it stale.
            if _code(error) != "TooManyInvalidationsInProgress" or items == ALL:
                raise _fault(error) from error
            self._invalidate_all()

    def _invalidate_all(self) -> None:
        try:
            self._invalidate(ALL)
        except ClientError as error:
            raise _fault(error) from error

    def _invalidate(self, items: tuple[str, ...]) -> None:
        # A reference of its own each time: with one that it knows, CloudFront does nothing, though what was
        # invalidated before may have been fetched and written again since.
        wanted = {"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": str(uuid4())}
        try:
            self._client.create_invalidation(DistributionId=self._distribution_id, InvalidationBatch=wanted)
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise TargetUnavailableError(
                f"no AWS credentials found for CLOUDFRONT_DISTRIBUTION_ID: {error}", retry_after_s=REFUSED_WAIT_S
            ) from error
        except (BotoCoreError, ResponseParserError) as error:
            raise TargetUnavailableError(f"no answer: {type(error).__name__}") from error

    # Made when it is needed: it takes 13 MB, and most processes never deliver.
    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  botocore makes its methods from a file
        config = Config(
            connect_timeout=TIMEOUT.connect_timeout,
            read_timeout=TIMEOUT.read_timeout,
            retries={"total_max_attempts": 1},
        )
        # The region is the one that its signatures name, wherever it is called from.
        return Session().create_client("cloudfront", region_name="us-east-1", config=config)


def _items(tags: tuple[str, ...]) -> tuple[str, ...]:
    if EVERYTHING in tags or len(tags) > MAX_TAGS:
        return ALL
    return tuple(f"#{tag}" for tag in purging_listed(tags))


def _fault(error: ClientError) -> TargetUnavailableError:
    said = f"{_code(error)}: {error.response['Error'].get('Message', '')}"
    answer = error.response["ResponseMetadata"]
    if answer.get("HTTPStatusCode") in REFUSING:
        return TargetUnavailableError(
            f"CLOUDFRONT_DISTRIBUTION_ID or its AWS credentials is refused: {said}", retry_after_s=REFUSED_WAIT_S
        )
    headers = HTTPHeaderDict(answer.get("HTTPHeaders", {}))
    return TargetUnavailableError(said, retry_after_s=wait_s(headers, now_s=time.time()))


def _code(error: ClientError) -> str:
    return str(error.response["Error"].get("Code", "unknown"))
