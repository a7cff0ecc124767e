"""A request on its way through the short road."""

from dataclasses import dataclass

from dealradar.fastlane.heads import Head
from dealradar.fastlane.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that may be answered here: what it asks, what that means, and whose it is.

    *address* is what it is counted under; *is_secure* says whether the client asked by HTTPS.
    """

    head: Head
    lesson: Lesson
    address: str
    is_secure: bool
