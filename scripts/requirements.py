"""Whether the compiled requirements are in step with pyproject.toml, as far as can be seen offline."""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scripts.clone import HERE

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_PIN: Final = re.compile(r"([A-Za-z0-9._-]+)==(\S+)")
_FROM_PYPROJECT: Final = "(pyproject.toml)"


@dataclass(frozen=True)
class Compiled:
    """What a compiled file says: which packages pyproject.toml asks for, and the versions of all."""

    direct: frozenset[str]
    versions: dict[str, frozenset[str]]


def faults(pyproject: str, *, compiled: str, compiled_dev: str) -> list[str]:
    """Return what is out of step in the texts of pyproject.toml and of the two compiled files, a line each."""
    project = tomllib.loads(pyproject)["project"]
    wanted = _names(project["dependencies"])
    wanted_dev = wanted | _names(project["optional-dependencies"]["dev"])
    plain, dev = read(compiled), read(compiled_dev)
    apart = sorted(name for name, versions in plain.versions.items() if dev.versions.get(name) != versions)
    return [
        *_differences("requirements.txt", wanted=wanted, compiled=plain.direct),
        *_differences("requirements-dev.txt", wanted=wanted_dev, compiled=dev.direct),
        *(f"requirements-dev.txt pins another {name} than requirements.txt" for name in apart),
    ]


def read(text: str) -> Compiled:
    """Read a file that uv has compiled, with its comments on where each package comes from."""
    direct: set[str] = set()
    versions: dict[str, set[str]] = defaultdict(set)
    name = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            name = _canonical(pin[1])
            versions[name].add(pin[2])
        elif line.endswith(_FROM_PYPROJECT):
            direct.add(name)
    return Compiled(frozenset(direct), {name: frozenset(found) for name, found in versions.items()})


def _differences(file: str, *, wanted: frozenset[str], compiled: frozenset[str]) -> list[str]:
    missing = [f"{file} lacks {name}, which pyproject.toml asks for" for name in sorted(wanted - compiled)]
    stale = [f"{file} still has {name}, which pyproject.toml doesn't ask for" for name in sorted(compiled - wanted)]
    return missing + stale


def _names(requirements: Iterable[str]) -> frozenset[str]:
    matches = (_NAME.match(requirement) for requirement in requirements)
    return frozenset(_canonical(match[0]) for match in matches if match)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Print what is out of step in this clone; return 1 if anything is."""
    root = HERE.root
    found = faults(
        (root / "pyproject.toml").read_text(),
        compiled=(root / "requirements.txt").read_text(),
        compiled_dev=HERE.requirements.read_text(),
    )
    if found:
        print(*found, "mend it with scripts/dev lock", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
