"""Where things are in one clone of the repository."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Clone:
    """One checked-out tree; everything that belongs to it alone lies below its root."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment with the pinned requirements."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def requirements(self) -> Path:
        """What the environment has to contain."""
        return self.root / "requirements-dev.txt"

    @property
    def var(self) -> Path:
        """What is kept between runs: data, ports, passwords."""
        return self.root / "var"

    @property
    def procfile(self) -> Path:
        """The parts of the application, a shell line each."""
        return self.root / "Procfile"

    @property
    def settings_file(self) -> Path:
        """The developer's own settings; the environment goes before it."""
        return self.root / ".env.dealradarus.local"

    def make_var(self) -> Path:
        """Return `var`, made if need be: others may pass through it, and read nothing."""
        self.var.mkdir(exist_ok=True)
        self.var.chmod(0o711)
        return self.var


# The entry has no ending by which the linter would know it.
SOURCES: Final = (".", "scripts/dev")

HERE: Final = Clone(Path(__file__).resolve().parent.parent)
