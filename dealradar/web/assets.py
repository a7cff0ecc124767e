"""Files that pages load, under names that change with their content, so that they can be kept for ever."""

import re
from collections.abc import Sequence
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from dealradar.web.static_files import load

DIGEST_CHARS: Final = 12
_HASHED: Final = re.compile(rf"(?P<stem>.+)\.[0-9a-f]{{{DIGEST_CHARS}}}\.(?P<suffix>\w+)")


class Assets:
    """The files in *folders*, the first of which wins where two have the same name."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._files = {path.name: path for folder in reversed(folders) for path in folder.iterdir() if path.is_file()}
        self._hashed = cache(self._hash)

    def hashed(self, name: str) -> str | None:
        """Return the name under which the file *name* is served, as ``docs.<digest>.js``; None if there is none."""
        return self._hashed(name) if name in self._files else None

    def find(self, name: str) -> Path | None:
        """Return the file that has the hashed *name* now, None if none has."""
        match = _HASHED.fullmatch(name)
        plain = f"{match['stem']}.{match['suffix']}" if match else ""
        return self._files[plain] if self.hashed(plain) == name else None

    def _hash(self, name: str) -> str:
        path = self._files[name]
        digest = sha256(path.read_bytes()).hexdigest()[:DIGEST_CHARS]
        return f"{path.stem}.{digest}{path.suffix}"


class Release:
    """The files of *folder* under one name that changes with any of them, so that they can name each other."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}

    @cached_property
    def digest(self) -> str:
        """Return the name of what the files are now."""
        content = sha256()
        for name, path in self._files.items():
            content.update(b"%s\0%s" % (name.encode(), sha256(path.read_bytes()).digest()))
        return content.hexdigest()[:DIGEST_CHARS]

    @property
    def paths(self) -> Sequence[Path]:
        """Return the files, by their names."""
        return tuple(self._files.values())

    def prepare(self) -> None:
        """Read and compress all files, so that no request has to."""
        for path in self.paths:
            load(path)

    def find(self, digest: str, name: str) -> Path | None:
        """Return the file *name* of the release that *digest* names, None if it isn't this one or has no such file."""
        return self._files.get(name) if digest == self.digest else None
