"""The table of commands, and the way to them."""

import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scripts import bootstrap
from scripts.clone import HERE
from scripts.refused import RefusedError

MISUSED: Final = 2
INTERRUPTED: Final = 130


@dataclass(frozen=True)
class Command:
    """One thing that `scripts/dev` does: *module* has `main(arguments)`, which returns the exit status."""

    name: str
    arguments: str
    summary: str
    module: str


COMMANDS: Final = (
    Command("run", "[--seed small|medium|none]", "start everything and serve; Ctrl-C stops it", "scripts.run"),
    Command("test", "[pytest arguments]", "run the tests on servers of their own", "scripts.test"),
    Command("check", "", "format, lint, types, import contracts, requirements; tests last", "scripts.check"),
    Command("fix", "", "format, and mend what the linter can mend", "scripts.fix"),
    Command(
        "check-consistency",
        "[--minutes M] [--fault NAME]",
        "use and harm a site, judge what was seen",
        "scripts.consistency.command",
    ),
    Command("bench", "NAME", "measure a site on servers of its own", "scripts.bench.command"),
    Command(
        "load",
        "[--profile NAME] [--rate R|--max] [--minutes M]",
        "load a site as a community does, off, cold and warm",
        "scripts.load.command",
    ),
    Command(
        "drill",
        "rollback|alerts",
        "take cache and indexes back under load; or break things and read the mails",
        "scripts.drill.command",
    ),
    Command(
        "simulate",
        "FILE...|zipf|--check [--entries N]",
        "play a trace, or what is made up, against other policies",
        "scripts.simulate.command",
    ),
    Command("seed", "--scale small|medium|large", "make a demo community", "scripts.seed"),
    Command("import", "reviews FILE.csv [options]", "bring product reviews in", "scripts.imports"),
    Command("shell", "", "Python with the application loaded", "scripts.shell"),
    Command("db", "[psql arguments]", "psql on the running database, or what comes on stdin", "scripts.db"),
    Command("db", "plans [--write]", "explain the queries of each index, with it and without", "scripts.db"),
    Command("redis", "[broker] [COMMAND ...]", "a Redis prompt, or what comes on stdin", "scripts.redis_shell"),
    Command("lock", "", "compile requirements*.txt from pyproject.toml", "scripts.lock"),
)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; return the exit status."""
    if not arguments or arguments[0] in {"help", "-h", "--help"}:
        print(listing())
        return 0
    command = next((command for command in COMMANDS if command.name == arguments[0]), None)
    if command is None:
        print(f"scripts/dev: there is no command {arguments[0]!r}\n\n{listing()}", file=sys.stderr)
        return MISUSED
    try:
        return _call(command, arguments)
    except (RefusedError, OSError) as reason:
        print(f"scripts/dev {command.name}: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def listing() -> str:
    """Return the commands, a line each."""
    width = max(len(f"{command.name} {command.arguments}") for command in COMMANDS)
    lines = [f"  {f'{command.name} {command.arguments}':<{width}}  {command.summary}" for command in COMMANDS]
    return "\n".join(["Usage: scripts/dev COMMAND", "", *lines, f"  {'help':<{width}}  this list"])


def _call(command: Command, arguments: Sequence[str]) -> int:
    bootstrap.ensure(HERE)
    if not bootstrap.is_inside(HERE):
        os.execv(HERE.python, [str(HERE.python), str(HERE.root / "scripts" / "dev"), *arguments])  # noqa: S606 - no shell is wanted
    # By name, because what a command needs is installed only now, and help has to work before.
    status: int = importlib.import_module(command.module).main(arguments[1:])
    return status
