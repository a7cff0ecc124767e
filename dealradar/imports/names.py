"""What imported things are called, so that a second import finds those of the first."""

import hashlib
from pathlib import Path
from typing import Final

from dealradar.domain.deals import Product
from dealradar.domain.slugs import slug_of
from dealradar.domain.users import Stranger
from dealradar.imports.errors import UnreadableError
from dealradar.imports.rows import ReviewRow

MAX_DATASET_CHARS: Final = 40
MAX_PLAIN_PRODUCT_CHARS: Final = 60
MAX_DISPLAY_NAME_CHARS: Final = 64
MAX_TITLE_CHARS: Final = 200


def dataset_of(path: Path, told: str | None = None) -> str:
    """Return the name under which the rows of *path* are known: what was *told*, else the file's own.

    Raises:
        UnreadableError: What was told is no plain name.
    """
    if told is not None and (slug_of(told) != told or not 0 < len(told) <= MAX_DATASET_CHARS):
        raise UnreadableError(
            f"The dataset {told!r} should be named in a-z, 0-9 and single hyphens, at most {MAX_DATASET_CHARS} of them."
        )
    return told or slug_of(path.stem)[:MAX_DATASET_CHARS].rstrip("-") or _digest(path.stem)


def review_key(dataset: str, row: ReviewRow) -> str:
    """Return the source key of the review."""
    return f"import:{dataset}:{row.identity}"


def product_key(dataset: str, product: str) -> str:
    """Return the source key of the product's deal."""
    return f"import:{dataset}:{product if len(product) <= MAX_PLAIN_PRODUCT_CHARS else _digest(product)}"


def importer(dataset: str) -> Stranger:
    """Return the member whose deals the products become."""
    return Stranger(f"import-{_digest(dataset)}", f"Import of {dataset}")


def author(dataset: str, row: ReviewRow) -> Stranger:
    """Return who wrote the review: somebody by that name in the dataset, or somebody for this row alone."""
    if row.reviewer is None:
        return Stranger(f"anon-{_digest(review_key(dataset, row))}", "Anonymous")
    return Stranger(f"anon-{_digest(f'{dataset}:{row.reviewer}')}", row.reviewer[:MAX_DISPLAY_NAME_CHARS])


def product(dataset: str, row: ReviewRow, *, author_id: int, category_id: int | None) -> Product:
    """Return the deal that the product becomes: a bare number is called by its category as well."""
    kind = row.category[-1] if row.category else "Product"
    is_code = " " not in row.product and any(char.isdigit() for char in row.product)
    title = f"{kind} {row.product}" if is_code else row.product
    return Product(
        source_key=product_key(dataset, row.product),
        author_id=author_id,
        category_id=category_id,
        title=title[:MAX_TITLE_CHARS],
        description=f"Imported from {dataset}, which names no price: the 0 stands for an unknown one.",
    )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()
