"""Fastly as a target ("Fastly, API, Purging"; "Fastly, Working with surrogate keys")."""

from typing import Any, Final

from dealradar.config import Settings
from dealradar.httpcache.surrogates import purging
from dealradar.invalidation.cdn.api import Account
from dealradar.invalidation.targets import Backoff, Batch, TargetUnavailableError
from dealradar.invalidation.triggers import EVERYTHING

MAX_KEYS: Final = 256
"""How many keys one call takes."""


def of(settings: Settings) -> list["Fastly"]:
    """Return the service that *settings* name, if any."""
    if settings.fastly_service_id is None or settings.fastly_api_token is None:
        return []
    account = Account(
        settings.fastly_api_url,
        settings.fastly_api_token,
        admitted_by="FASTLY_API_TOKEN",
        named_by="FASTLY_SERVICE_ID",
    )
    return [Fastly(settings.fastly_service_id, account)]


class Fastly:
    """The copies that one service of Fastly keeps, bound to the keys in their Surrogate-Key.

    It is always purged hard. What is purged softly it goes on serving for as long as stale-while-revalidate says,
    which CDN-Cache-Control allows for what has merely aged ("Fastly, Soft purges").
    """

    name: Final = "fastly"
    backoff: Final = Backoff(first_s=1.0, max_s=60.0)
    batch_tags: Final = MAX_KEYS - len(purging(()))
    # Purges by key aren't counted by its rate limit.
    pace_s: Final = 0.0

    def __init__(self, service_id: str, account: Account) -> None:
        self._path = f"/service/{service_id}"
        self._account = account

    def deliver(self, batch: Batch) -> None:
        """Purge what depends on the tags of *batch*, `batch_tags` at most, or all if that is among them.

        Raises:
            TargetUnavailableError: It isn't known that it happened.
        """
        if EVERYTHING in batch.tags:
            self._purge_all()
        else:
            self._purge(purging(batch.tags))

    def _purge(self, keys: tuple[str, ...]) -> None:
        # It answers with the id of the purge of each key.
        purged = self._post("purge", {"surrogate_keys": keys})
        if not purged.keys() >= set(keys):
            raise TargetUnavailableError(f"purged {len(purged)} of {len(keys)} keys")

    def _purge_all(self) -> None:
        status = self._post("purge_all", {}).get("status")
        if status != "ok":
            raise TargetUnavailableError(f"answered a purge of everything with {status!r}")

    def _post(self, verb: str, content: object) -> dict[str, Any]:
        fields = {"Fastly-Key": self._account.token.get_secret_value()}
        return self._account.post(f"{self._path}/{verb}", content, fields=fields)
