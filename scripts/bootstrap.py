"""Make `.venv` from nothing, and keep it in step with requirements-dev.txt.

Standard library only: this is what runs before anything is installed.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from scripts.clone import Clone
from scripts.refused import RefusedError

_PIP: Final = ("-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check")
_PIN: Final = re.compile(r"^[A-Za-z0-9][^=\s]*==", re.MULTILINE)
_FOUND: Final = re.compile(r"^(?:Collecting|Requirement already satisfied:|Ignoring) ([A-Za-z0-9._-]+)")


def is_inside(clone: Clone) -> bool:
    """Whether this interpreter is the clone's own."""
    return os.path.realpath(sys.prefix) == os.path.realpath(clone.venv)


def ensure(clone: Clone) -> None:
    """Make or mend the clone's environment and put it first in PATH; at once if it is in step.

    Raises:
        RefusedError: The environment can't be made, or the requirements can't be installed.
    """
    if not _is_in_step(clone):
        with _alone(clone):
            if not _is_in_step(clone):
                _make(clone)
                _install(clone)
    os.environ["VIRTUAL_ENV"] = str(clone.venv)
    # Where it is set, each of the many processes that are started here compiles the program anew: a third of its start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    first = str(clone.python.parent)
    if os.environ.get("PATH", "").split(os.pathsep)[0] != first:
        os.environ["PATH"] = os.pathsep.join((first, os.environ.get("PATH", os.defpath)))


@contextmanager
def _alone(clone: Clone) -> Iterator[None]:
    """Let one invocation at a time install; the kernel lets go of the lock when its holder dies."""
    folder = os.open(clone.root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _is_in_step(clone: Clone) -> bool:
    stamp = clone.venv / "requirements.sha256"
    return clone.python.exists() and stamp.exists() and stamp.read_text() == _digest(clone)


def _digest(clone: Clone) -> str:
    return hashlib.sha256(clone.requirements.read_bytes()).hexdigest()


def _make(clone: Clone) -> None:
    interrupted = (clone.venv / "installing").exists()
    if clone.python.exists() and not interrupted:
        return
    # pip takes a package of which a killed install wrote the first half for a whole one.
    if clone.venv.exists():
        shutil.rmtree(clone.venv)
    _say(f"making {clone.venv.name} with Python {sys.version_info.major}.{sys.version_info.minor}")
    made = subprocess.run([sys.executable, "-m", "venv", clone.venv], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(clone.venv, ignore_errors=True)
    reason = " ".join(made.stdout.split() + made.stderr.split())
    msg = f"{sys.executable} can't make an environment (on Debian and Ubuntu: apt install python3-venv): {reason}"
    raise RefusedError(msg)


def _install(clone: Clone) -> None:
    digest = _digest(clone)
    began_s = time.monotonic()
    (clone.venv / "requirements.sha256").unlink(missing_ok=True)
    (clone.venv / "installing").touch()
    count = len(_PIN.findall(clone.requirements.read_text()))
    _say(f"installing {count} pinned packages from {clone.requirements.name}")
    pip = [str(clone.python), *_PIP, "--requirement", str(clone.requirements)]
    with subprocess.Popen(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as installing:
        tail = _follow(installing, count)
    if installing.returncode:
        print(*tail, sep="", end="", file=sys.stderr)
        msg = f"pip could not install {clone.requirements.name} (its last lines are above); the next call tries again"
        raise RefusedError(msg)
    (clone.venv / "requirements.sha256").write_text(digest)
    (clone.venv / "installing").unlink()
    _say(f"installed in {time.monotonic() - began_s:.0f} s")


def _follow(installing: subprocess.Popen[str], count: int) -> deque[str]:
    """Show how far pip is, where somebody watches; return its last lines."""
    tail: deque[str] = deque(maxlen=15)
    found = 0
    for line in installing.stdout or ():
        tail.append(line)
        match = _FOUND.match(line)
        if match and sys.stderr.isatty():
            found += 1
            print(f"\r\033[K  {min(found, count)}/{count} {match[1]}", end="", flush=True, file=sys.stderr)
        elif line.startswith("Installing collected") and sys.stderr.isatty():
            print("\r\033[K  unpacking", end="", flush=True, file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\033[K", end="", flush=True, file=sys.stderr)
    return tail


def _say(text: str) -> None:
    # On standard error, so that the output of a command stays its own.
    print(f"scripts/dev: {text}", flush=True, file=sys.stderr)
