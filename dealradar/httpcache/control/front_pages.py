"""Pages that are taken to be in demand before anybody has asked: the first ones that a visitor sees."""

from collections.abc import Mapping
from typing import Final

FRONT_PAGES: Final[Mapping[str, float]] = {
    "/pages": 20.0,
    "/pages?sort=new": 5.0,
    "/deals": 20.0,
    "/deals?sort=new": 5.0,
    "/categories": 10.0,
    "/merchants": 5.0,
}
"""What each is held to be asked for at least; where nobody does all the same, what it is worth tells so soon."""
