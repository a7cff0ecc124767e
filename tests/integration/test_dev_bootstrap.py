"""`.venv` is made from nothing, and kept in step with the requirements."""

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.clone import Clone
from scripts.refused import RefusedError


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    for name, value in {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VIRTUAL_ENV", "")
    clone = Clone(tmp_path)
    require(clone, version="1")
    return clone


def require(clone: Clone, *, version: str) -> None:
    """Let the clone require that version of a package, which lies beside it."""
    wheel = clone.root / f"toy-{version}-py3-none-any.whl"
    about = f"toy-{version}.dist-info"
    files = {
        "toy.py": f"version = {version}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: toy\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for name, text in files.items()}
    rows = [f"{name},sha256={digest.rstrip(b'=').decode()}," for name, digest in digests.items()]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, f"{about}/RECORD": "\n".join([*rows, f"{about}/RECORD,,\n"])}.items():
            archive.writestr(name, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    clone.requirements.write_text(f"toy=={version} --hash=sha256:{digest}\n")


def installed(clone: Clone) -> str:
    """Return the version that the clone's interpreter imports."""
    code = "import toy; print(toy.version)"
    command = (str(clone.python), "-c", code)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - ours


def test_what_is_required_is_installed_once_again_when_it_changes_and_never_unchecked(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.ensure(clone)
    assert installed(clone) == "1"
    capsys.readouterr()

    bootstrap.ensure(clone)
    assert capsys.readouterr().err == ""

    require(clone, version="2")
    bootstrap.ensure(clone)
    assert installed(clone) == "2"

    clone.requirements.write_text(f"toy==1 --hash=sha256:{64 * '0'}\n")
    with pytest.raises(RefusedError, match="pip could not install"):
        bootstrap.ensure(clone)


def test_what_is_started_keeps_what_it_compiled(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    bootstrap.ensure(clone)
    code = "import sys; print(sys.dont_write_bytecode)"
    told = subprocess.run((str(clone.python), "-c", code), capture_output=True, text=True, check=True)  # noqa: S603 - ours

    assert told.stdout == "False\n"


def test_an_install_that_was_cut_short_starts_over(clone: Clone) -> None:
    rubbish = clone.venv / "half-written"
    clone.python.parent.mkdir(parents=True)
    clone.python.symlink_to(sys.executable)
    rubbish.touch()
    (clone.venv / "installing").touch()

    bootstrap.ensure(clone)

    assert installed(clone) == "1"
    assert not rubbish.exists()
