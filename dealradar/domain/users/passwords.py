"""Passwords: a slow hash, and a bound on how many are worked out at once."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from dealradar.domain.errors import BusyError

MAX_WAIT_S: Final = 2.0


class Passwords:
    """Argon2id with the library's parameters (RFC 9106's second choice: 64 MiB, 0.1 s).

    At most *max_concurrent* hashes are worked out at once in this process, so that log-ins can't take all its memory
    and processors; who has waited *max_wait_s* is sent away. Hold no database connection while calling.
    """

    def __init__(
        self, *, max_concurrent: int, max_wait_s: float = MAX_WAIT_S, hasher: PasswordHasher | None = None
    ) -> None:
        self._places = BoundedSemaphore(max_concurrent)
        self._max_wait_s = max_wait_s
        self._hasher = hasher or PasswordHasher()
        self._nobodys = _unmatchable(self._hasher)

    def hash(self, password: str) -> str:
        """Return what is kept of *password*.

        Raises:
            BusyError: Too many others are being worked out.
        """
        with self.place():
            return self._hasher.hash(password)

    def is_right(self, password: str, kept: str | None) -> bool:
        """Return whether *kept* was made of *password*; where nothing is kept, False after the same time.

        Raises:
            BusyError: Too many others are being worked out.
        """
        with self.place():
            try:
                return self._hasher.verify(kept or self._nobodys, password)
            except VerifyMismatchError:
                return False

    def is_outdated(self, kept: str) -> bool:
        """Return whether *kept* was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take one of the places at which a hash may be worked out.

        Raises:
            BusyError: None has become free in time.
        """
        if not self._places.acquire(timeout=self._max_wait_s):
            raise BusyError("Too many people are logging in at this moment; try again in a few seconds.")
        try:
            yield
        finally:
            self._places.release()


def _unmatchable(hasher: PasswordHasher) -> str:
    """Return a hash that no password has, which takes as long to check as a real one."""
    salt, digest = (
        base64.b64encode(os.urandom(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
