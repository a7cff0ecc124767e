"""How far a long command is, for those who watch it: silent where nobody does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Bar:
    """A bar on the terminal that stands on standard error, above which lines can be said."""

    progress: Progress
    task: TaskID

    def advance_to(self, done: int) -> None:
        """Show that *done* of the whole is done."""
        self.progress.update(self.task, completed=done)

    def describe(self, label: str, total: int) -> None:
        """Call what is being done *label* from now on, and its whole *total*."""
        self.progress.update(self.task, description=label, total=total)

    def say(self, line: str) -> None:
        """Write *line* on standard error, as it is."""
        self.progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def bar(label: str, total: int) -> Iterator[Bar]:
    """Show a bar for a whole of *total* until the block ends; only what is said, where no terminal is."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress, progress.add_task(label, total=total))
