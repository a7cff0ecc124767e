"""One job that frees what a pattern matches, from its order to its end, in a process of its own; prints what it did."""

import sys

from dealradar.app import create_app
from dealradar.httpcache.control import jobs
from dealradar.httpcache.control.jobs import State
from dealradar.httpcache.control.shapes import Invalidation
from dealradar.invalidation import control, transaction


def main(pattern: str) -> None:
    """Invalidate *pattern*, then work until the job is done."""
    with create_app().app_context():
        with transaction():
            job = control.order(Invalidation(patterns=(pattern,)).wanted(), by="bench")
        control.enforce(job)
        while jobs.get(job.id).state is not State.DONE:
            control.work()
        print(jobs.get(job.id).progress.removed)


if __name__ == "__main__":
    main(sys.argv[1])
