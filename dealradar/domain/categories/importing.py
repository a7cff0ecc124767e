"""Categories that an import makes, nested as its source has them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from dealradar.domain.categories.models import Category
from dealradar.domain.errors import ConflictError
from dealradar.domain.slugs import slug_of
from dealradar.extensions import db

MAX_SLUG_CHARS: Final = 80
DIGEST_CHARS: Final = 12


@dataclass(frozen=True)
class Branch:
    """A category with those above it: the id of the innermost, and how many of them are new."""

    category_id: int | None
    made: int


def bring_in(names: Sequence[str]) -> Branch:
    """Make those of nested categories that are not there yet, the outermost first; the caller commits.

    Raises:
        ConflictError: Every slug that would do is another category's.
    """
    parent_id: int | None = None
    made = 0
    for depth, name in enumerate(names, start=1):
        found = _child(parent_id, name)
        made += found is None
        parent_id = found or _make(parent_id, names[:depth])
    return Branch(parent_id, made)


def _child(parent_id: int | None, name: str) -> int | None:
    same = select(Category.id).where(func.lower(Category.name) == func.lower(name))
    return db.session.scalar(same.where(Category.parent_id.is_not_distinct_from(parent_id)).order_by(Category.id))


def _make(parent_id: int | None, path: Sequence[str]) -> int:
    for slug in _slugs(path):
        new = insert(Category).values(slug=slug, name=path[-1], parent_id=parent_id)
        made = db.session.scalar(new.on_conflict_do_nothing().returning(Category.id))
        # Whoever made it in the meantime made the conflict too.
        found = made or _child(parent_id, path[-1])
        if found:
            return found
    raise ConflictError(f"No slug is free for the category {' > '.join(path)}.")


def _slugs(path: Sequence[str]) -> Sequence[str]:
    """Return the slug of a path of names, and one that no other path has, in case the former is taken."""
    slug = slug_of(" ".join(path))
    digest = hashlib.sha256("\n".join(path).encode()).hexdigest()[:DIGEST_CHARS]
    unlike = f"{slug[: MAX_SLUG_CHARS - DIGEST_CHARS - 1]}-{digest}".strip("-").replace("--", "-")
    return (slug, unlike) if 0 < len(slug) <= MAX_SLUG_CHARS else (unlike,)
