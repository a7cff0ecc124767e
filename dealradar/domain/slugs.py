"""Names as addresses have them."""

import re
import unicodedata


def slug_of(name: str) -> str:
    """Return *name* in a-z, 0-9 and single hyphens; empty if it holds nothing of the kind, such as 服装."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
