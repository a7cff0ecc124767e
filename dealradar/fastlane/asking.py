"""A request on its way through the short road, and one that has come to its end there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dealradar.cache import Hit
from dealradar.fastlane import wording
from dealradar.fastlane.bearers import Bearer
from dealradar.fastlane.heads import Head
from dealradar.fastlane.lessons import Lesson
from dealradar.fastlane.tolls import Toll
from dealradar.fastlane.wording import Worded
from dealradar.ratelimit import fields
from dealradar.ratelimit.fields import Usage


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the client's *address*, its *toll*, and whether it asked by HTTPS."""

    address: str
    toll: Toll
    is_secure: bool


class Asking(NamedTuple):
    """A request that may be answered here: what it asks, what that means, and whose it is.

    *tolls* are its address's, and that of its *bearer*, None where no credential was shown.
    """

    head: Head
    lesson: Lesson
    origin: Origin
    tolls: tuple[Toll, ...]
    bearer: Bearer | None = None


class Answered(NamedTuple):
    """A request that was answered here at *at_s*, in Unix time: with what, out of which entry, and under which id.

    *usages* say what is left of the limits that it is under.
    """

    asking: Asking
    hit: Hit
    worded: Worded
    request_id: str
    usages: Sequence[Usage]
    at_s: float

    @property
    def method(self) -> str:
        """Return the request's method."""
        return "HEAD" if self.asking.head.is_head else "GET"

    @property
    def user_id(self) -> int | None:
        """Return the id of the person who asks, None for machines and anybody."""
        return None if self.asking.bearer is None else self.asking.bearer.user_id

    @property
    def unsent_bytes(self) -> int:
        """Return how long the body is that a 304 spared."""
        return 0 if self.asking.head.is_head else self.worded.unsent_bytes

    @property
    def body(self) -> bytes:
        """Return the body that is sent."""
        return b"" if self.asking.head.is_head else self.worded.body

    @property
    def status(self) -> str:
        """Return the status and its phrase."""
        return wording.status_line(self.worded.status)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Return the answer's fields, but for those that are a server's to add."""
        left = fields.of(self.usages, now_s=self.at_s)
        return [*self.worded.fields, *left.items(), ("X-Request-ID", self.request_id)]

    @property
    def data(self) -> bytes:
        """Return the whole answer as it goes over the wire."""
        own = b"%bX-Request-ID: %b\r\n\r\n" % (
            fields.lines_of(self.usages, now_s=self.at_s),
            self.request_id.encode(),
        )
        return self.worded.head + own + self.body
