"""Files that nobody else can read, and that are there whole or not at all, also after a crash."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write *content* to *path*, in folders that are made where they are missing.

    Raises:
        OSError: It can't be written; what was there before still is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new-{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
