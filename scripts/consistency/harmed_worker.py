"""The workers of the site that is checked: the real ones, robbed of the same protection as the web processes.

Celery's entry in the place of ``celery_worker``. Nothing of it is in the program itself.
"""

import os

from scripts.consistency import weakened

weakened.named(os.environ[weakened.WITHOUT]).harm()

from celery_worker import celery_app  # noqa: E402 - what is taken away is so before the application is made

__all__ = ["celery_app"]
