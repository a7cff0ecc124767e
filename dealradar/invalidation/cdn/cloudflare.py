"""Cloudflare as a target ("Cloudflare, Purge cache"; "Purge cache by cache-tags"; "Purge cached content", its API)."""

from typing import Final

from dealradar.config import Settings
from dealradar.httpcache.surrogates import purging_listed
from dealradar.invalidation.cdn.api import Account
from dealradar.invalidation.targets import Backoff, Batch, TargetUnavailableError
from dealradar.invalidation.triggers import EVERYTHING

MAX_TAGS: Final = 100
"""How many tags one call takes, on every plan."""
TAGS_A_CALL: Final = MAX_TAGS - len(purging_listed(()))
MAX_CALLS: Final = 3
"""What takes more is purged with everything else, in one: of calls there may be five a minute."""


def of(settings: Settings) -> list["Cloudflare"]:
    """Return the zone that *settings* name, if any."""
    if settings.cloudflare_zone_id is None or settings.cloudflare_api_token is None:
        return []
    account = Account(
        settings.cloudflare_api_url,
        settings.cloudflare_api_token,
        admitted_by="CLOUDFLARE_API_TOKEN",
        named_by="CLOUDFLARE_ZONE_ID",
    )
    return [Cloudflare(settings.cloudflare_zone_id, account)]


class Cloudflare:
    """The copies that one zone of Cloudflare keeps, bound to the tags in their Cache-Tag.

    Its tags aren't case sensitive; ours that differ in nothing else are purged together.
    """

    name: Final = "cloudflare"
    backoff: Final = Backoff(first_s=1.0, max_s=60.0)
    batch_tags: Final = 1_000
    # Even a free plan has 25 calls in reserve. They are better spent at once; when they are gone, a 429 says for how
    # long to wait.
    pace_s: Final = 0.0

    def __init__(self, zone_id: str, account: Account) -> None:
        self._path = f"/zones/{zone_id}/purge_cache"
        self._account = account

    def deliver(self, batch: Batch) -> None:
        """Purge what depends on the tags of *batch*, or all where these would take too many calls.

        Raises:
            TargetUnavailableError: It isn't known that it happened.
        """
        if EVERYTHING in batch.tags or len(batch.tags) > MAX_CALLS * TAGS_A_CALL:
            self._purge({"purge_everything": True})
            return
        for first in range(0, len(batch.tags), TAGS_A_CALL):
            self._purge({"tags": purging_listed(batch.tags[first : first + TAGS_A_CALL])})

    def _purge(self, content: object) -> None:
        fields = {"Authorization": f"Bearer {self._account.token.get_secret_value()}"}
        done = self._account.post(self._path, content, fields=fields)
        if done.get("success") is not True:
            raise TargetUnavailableError("answered without success")
