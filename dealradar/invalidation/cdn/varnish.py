"""Varnish with the xkey module, run by the VCL in ``docs/varnish.vcl``."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from dealradar.config import Settings
from dealradar.httpcache.surrogates import purging
from dealradar.invalidation.cdn import http
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Backoff, Batch

MAX_FIELD_BYTES: Final = 4_096
"""Half of what Varnish takes in one field (http_req_hdr_len)."""
FIELDS: Final = {Kind.HARD: "xkey-purge"}
SOFT_FIELD: Final = "xkey-softpurge"
"""The VCL serves nothing that was purged softly while the site is well, and all of it while it isn't."""


def of(settings: Settings) -> list["Varnish"]:
    """Return the instances that *settings* name."""
    return [Varnish(url) for url in settings.varnish_urls]


class Varnish:
    """The instance that listens at *url*."""

    backoff: Final = Backoff(first_s=0.5, max_s=30.0)
    batch_tags: Final = 1_000
    pace_s: Final = 0.0

    def __init__(self, url: str) -> None:
        self.name = f"varnish {urlsplit(url).netloc}"
        self._url = url.rstrip("/") + "/"

    def deliver(self, batch: Batch) -> None:
        """Purge what depends on the tags of *batch*: what was taken down for good, the rest for as long as all is well.

        Raises:
            TargetUnavailableError: It didn't say that it has.
        """
        field = FIELDS.get(batch.kind, SOFT_FIELD)
        for keys in _fields_of(purging(batch.tags)):
            answer = http.send("PURGE", self._url, fields={field: keys})
            if answer.status != HTTPStatus.OK:
                raise http.refused(answer, self._url)


def _fields_of(keys: Iterable[str]) -> Iterator[str]:
    """Yield *keys*, as many in one field as it may have."""
    field = ""
    for key in keys:
        if field and len(field) + 1 + len(key) > MAX_FIELD_BYTES:
            yield field
            field = ""
        field = f"{field} {key}" if field else key
    if field:
        yield field
