"""Whose credentials the ordinary road has found to be good.

Known here is only what to ask the store: whether a credential is good is what its record says, each time (ADR 0065).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dealradar.cache import Hit, user_hash
from dealradar.cache.near import Kept, Wanted
from dealradar.fastlane.tolls import Quota, Toll
from dealradar.security import records
from dealradar.security.callers import Caller
from dealradar.security.records import Credential, Known

MAX_BEARERS: Final = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Bearer:
    """Who has shown a *credential*: the *record* that says so, and where the requests of *caller* are counted.

    *reader* is the user hash of a person, None for a machine.
    """

    credential: Credential
    caller: Caller
    record: Wanted
    toll: Toll
    reader: str | None

    @property
    def user_id(self) -> int | None:
        """Return the person's id, None for a machine."""
        return None if self.caller.actor is None else self.caller.actor.user_id


class Bearers:
    """Bearers by their credentials. Threads teach, one looks up; who was taught first is forgotten first."""

    def __init__(self, secret: bytes, quota: Quota) -> None:
        self._secret = secret
        self._quota = quota
        self._by_credential: dict[Credential, Bearer] = {}

    def find(self, credential: Credential) -> Bearer | None:
        """Return who has shown *credential* before, None if it isn't known."""
        return self._by_credential.get(credential)

    def meet(self, credential: Credential, caller: Caller) -> None:
        """Remember that *caller* has shown *credential*, and that it was good."""
        known = self._by_credential.get(credential)
        if caller.counted_as is None or (known is not None and known.caller == caller):
            return
        while len(self._by_credential) >= MAX_BEARERS:
            self._by_credential.pop(next(iter(self._by_credential)), None)
        self._by_credential[credential] = Bearer(
            credential,
            caller,
            Wanted(credential.key(self._secret), credential.tags),
            Toll(self._quota, caller.counted_as),
            None if caller.actor is None else user_hash(self._secret, caller.identity),
        )

    def is_good(self, bearer: Bearer, valid: Mapping[str, tuple[Kept, Hit]], *, now_s: float) -> bool:
        """Return whether the records that are *valid* say at *now_s*, in Unix time, that *bearer* is who it was."""
        found = valid.get(bearer.record.key)
        if found is None:
            return False
        kept, _ = found
        known = self._known(kept, bearer.credential)
        return known is not None and now_s < known.until_s and known.caller == bearer.caller

    def _known(self, kept: Kept, credential: Credential) -> Known | None:
        """Return what the record that is *kept* says of *credential*; unsealed once for each storing."""
        if credential not in kept.prepared:
            kept.prepared[credential] = records.unseal(kept.entry.body, credential, self._secret)
        known: Known | None = kept.prepared[credential]
        return known
