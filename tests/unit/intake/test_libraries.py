"""What gunicorn's master imports for its workers."""

import os
import subprocess
import sys
from typing import Final

from scripts.clone import HERE

_PROGRAM: Final = """
import sys, threading
from dealradar.intake import libraries

def packages(): return {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)

libraries.load()
loaded, ours = packages(), [name for name in sys.modules if name.startswith("dealradar.web")]
threads = threading.active_count()
import dealradar.app
print(sorted(packages() - loaded), ours, threads)
"""


def test_a_worker_imports_our_own_code_and_finds_the_libraries_there() -> None:
    told = os.environ | {"PYTHONPATH": str(HERE.root)}
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", _PROGRAM], env=told, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[] [] 1\n"
