"""`scripts/dev lock`: compile the pinned, hashed requirements from pyproject.toml."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from scripts.clone import HERE

_COMPILE: Final = (
    sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml",
    "--universal", "--generate-hashes", "--no-header", "--quiet",
)  # fmt: skip
_OUTPUTS: Final = (
    ("requirements.txt", ()),
    ("requirements-dev.txt", ("--extra", "dev", "--constraint", "requirements.txt")),
)


def main(arguments: Sequence[str]) -> int:
    """Compile both files; arguments such as `--upgrade` or `--upgrade-package flask` go to uv."""
    for output, options in _OUTPUTS:
        compile_one = [*_COMPILE, *options, "--output-file", output, *arguments]
        if subprocess.run(compile_one, cwd=HERE.root, check=False).returncode:
            return 1
        print(f"compiled {output}")
    return 0
