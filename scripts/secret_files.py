"""Passwords and keys that are made once, and kept where only their owner can read them."""

import os
import secrets
from pathlib import Path


def keep(folder: Path, name: str) -> str:
    """Return the secret of that name, made on the first call."""
    path = folder / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and (kept := path.read_text()):
        return kept
    made = secrets.token_urlsafe(32)
    write_private(path, made)
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, whole or not at all."""
    new = path.with_name(f"{path.name}.new-{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
