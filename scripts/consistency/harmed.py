"""The site that is checked: the real one, told to die at a bad moment or robbed of a protection.

gunicorn's entry in the place of ``wsgi:app``. Nothing of it is in the program itself.
"""

import os
from pathlib import Path
from typing import Final

from scripts.consistency import failpoint, recomputes, weakened

_folder: Final = Path(os.environ[failpoint.FOLDER])
weakened.named(os.environ[weakened.WITHOUT]).harm()

from wsgi import app  # noqa: E402 - what is taken away is so before the application is made

failpoint.watch(_folder)
recomputes.record(_folder)

__all__ = ["app"]
