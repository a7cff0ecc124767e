"""Alice has a deal that she reviewed herself; bob reviews it too, and changes his mind."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from tests.clients.script import Page, Read, Step, Write

ALICE: Final = "alice"
BOB: Final = "bob"
HERS: Final = "Good sound"


def _verdict(review: Mapping[str, Any]) -> tuple[str, int]:
    return review["title"], review["helpful_count"]


REVIEWS: Final = Page("/api/reviews/deal/{deal}", lambda found: [_verdict(review) for review in found["items"]])
REVIEW: Final = Page("/api/reviews/{review}", _verdict)
DEAL: Final = Page("/api/deals/{deal}", lambda deal: (deal["price_cents"], deal["review_count"]))
BOOKMARKS: Final = Page(
    "/api/me/bookmarks", lambda found: [deal["price_cents"] for deal in found["items"]], is_personal=True
)

STEPS: Final[tuple[Step, ...]] = (
    Read(REVIEWS, [(HERS, 0)]),
    Read(REVIEWS, [(HERS, 0)]),
    Read(DEAL, (4_999, 1)),
    # What is new shows, also to who has credentials, for whom it is the same.
    Write(
        BOB,
        "POST",
        "/api/reviews",
        send={"deal_id": 1, "rating": 4, "title": "Cheap", "body": "They fold."},
        makes="review",
        changes=(REVIEWS, DEAL),
    ),
    Read(REVIEWS, [("Cheap", 0), (HERS, 0)]),
    Read(DEAL, (4_999, 2)),
    Read(REVIEWS, [("Cheap", 0), (HERS, 0)], by=BOB),
    Read(REVIEW, ("Cheap", 0)),
    # A vote changes the review wherever it is shown, and nothing else.
    Write(ALICE, "POST", "/api/reviews/{review}/vote", send={"helpful": True}, changes=(REVIEWS, REVIEW)),
    Read(REVIEWS, [("Cheap", 1), (HERS, 0)]),
    Read(REVIEW, ("Cheap", 1)),
    Read(DEAL, (4_999, 2)),
    # So does an edit.
    Write(BOB, "PATCH", "/api/reviews/{review}", send={"title": "Cheap and good"}, changes=(REVIEWS, REVIEW)),
    Read(REVIEW, ("Cheap and good", 1)),
    Read(REVIEW, ("Cheap and good", 1)),
    Read(REVIEWS, [("Cheap and good", 1), (HERS, 0)]),
    # One's own list is nobody else's, whoever used the same cache before.
    Read(BOOKMARKS, [], by=ALICE),
    Read(BOOKMARKS, [], by=ALICE),
    Write(ALICE, "PUT", "/api/deals/{deal}/bookmark", changes=(BOOKMARKS, DEAL)),
    Read(BOOKMARKS, [4_999], by=ALICE),
    Read(BOOKMARKS, [], by=BOB),
    Read(BOOKMARKS, [], by=BOB),
    Read(BOOKMARKS, [4_999], by=ALICE),
    Read(BOOKMARKS, status=HTTPStatus.UNAUTHORIZED),
    # What is shown in two places changes in both.
    Write(ALICE, "PATCH", "/api/deals/{deal}", send={"price_cents": 4_499}, changes=(BOOKMARKS, DEAL)),
    Read(DEAL, (4_499, 2)),
    Read(BOOKMARKS, [4_499], by=ALICE),
    Read(BOOKMARKS, [4_499], by=ALICE),
    Read(REVIEWS, [("Cheap and good", 1), (HERS, 0)]),
    # What is gone is gone, and that it is isn't kept.
    Write(BOB, "POST", "/api/reviews/{hers}/vote", send={"helpful": True}, changes=(REVIEWS,)),
    Write(BOB, "DELETE", "/api/reviews/{review}", changes=(REVIEWS, REVIEW, DEAL)),
    Read(REVIEW, status=HTTPStatus.NOT_FOUND),
    Read(REVIEW, status=HTTPStatus.NOT_FOUND),
    Read(REVIEWS, [(HERS, 1)]),
    Read(REVIEWS, [(HERS, 1)]),
    Read(DEAL, (4_499, 1)),
    # Who has logged out is shown nothing under that name, not even what everybody may see.
    Write(ALICE, "POST", "/api/auth/logout"),
    Read(BOOKMARKS, by=ALICE, status=HTTPStatus.UNAUTHORIZED),
    Read(REVIEWS, by=ALICE, status=HTTPStatus.UNAUTHORIZED),
    Read(DEAL, (4_499, 1)),
)
