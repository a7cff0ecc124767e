"""`scripts/dev drill alerts`: have each signal cross its thresholds on a running site, and read the mails."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scripts.clone import HERE
from scripts.consistency import community
from scripts.consistency.client import Client
from scripts.consistency.stack import Stack
from scripts.drill import tellings
from scripts.drill.harms import Stage
from scripts.drill.inbox import ADDRESS, Inbox
from scripts.drill.scenes import SCENES, TOLD, Scene, Step
from scripts.drill.tellings import Telling
from scripts.drill.traffic import Traffic
from scripts.log import Log
from scripts.roster import Roster
from scripts.supervise import Supervisor

_READERS: Final = 16
_DISK_BYTES: Final = 2_000_000_000
_LOOKS_EVERY_S: Final = 0.05

SIGNALS: Final = tuple(dict.fromkeys(signal for scene in SCENES for signal in scene.signals))


def chosen(only: str | None) -> tuple[Scene, ...]:
    """Return the scenes of the signals that are named, with commas between; all without a name.

    Raises:
        ValueError: There is no such signal.
    """
    if only is None:
        return SCENES
    wanted = set(only.split(","))
    if unknown := wanted.difference(SIGNALS):
        raise ValueError(f"there is no signal {min(unknown)!r}; there are {', '.join(SIGNALS)}")
    return tuple(scene for scene in SCENES if wanted.intersection(scene.signals))


async def rehearse(folder: Path, log: Log, scenes: Sequence[Scene]) -> bool:
    """Play *scenes*; print what was told, and return whether that is what should have been."""
    inbox = Inbox()
    inbox.open()
    with _disk_of_its_own(folder, is_needed=any(scene.needs_disk for scene in scenes)) as has_disk:
        try:
            played = [scene for scene in scenes if has_disk or not scene.needs_disk]
            told = await _play(folder, log, inbox, played)
        finally:
            inbox.close()
    print(tellings.table(told))
    for subject in (doubled := tellings.doubled(inbox.taken)):
        print(f"came more than once: {subject}")
    if len(played) < len(scenes):
        print("NOT PLAYED: disk_free, which needs a disk of its own, and the right to mount one")
    (HERE.make_var() / "drill-mails.txt").write_text("\n\n".join(f"{m.subject}\n\n{m.text}" for m in inbox.taken))
    print(f"{len(inbox.taken)} mails; they are in var/drill-mails.txt")
    return not doubled and all(each.mail for each in told)


async def _play(folder: Path, log: Log, inbox: Inbox, scenes: Sequence[Scene]) -> list[Telling]:
    async with Supervisor(Roster(folder / "roster.json"), log) as supervisor:
        stack = Stack(HERE, folder, supervisor, told={**TOLD, **_mailing(inbox)})
        print("starting the site", file=sys.stderr, flush=True)
        await stack.start()
        with stack.connect() as connection:
            await asyncio.to_thread(community.settle, Client(stack.port), connection)
        stage = Stage(stack, inbox, Traffic(stack.port))
        stage.traffic.begin(_READERS)
        try:
            return [telling for scene in scenes for step in scene.steps for telling in await _do(step, stage)]
        finally:
            await asyncio.to_thread(stage.traffic.end)


def _mailing(inbox: Inbox) -> dict[str, str]:
    server = {"SMTP_HOST": "localhost", "SMTP_PORT": str(inbox.port), "SMTP_TLS": "none"}
    return {**server, "MAIL_FROM": "DealRadar <alerts@example.org>", "ALERT_EMAILS": ADDRESS}


async def _do(step: Step, stage: Stage) -> list[Telling]:
    print(step.name, file=sys.stderr, flush=True)
    began_s, before = time.monotonic(), len(stage.inbox.taken)
    await step.act(stage)
    found = []
    for signal, level in step.told.items():
        while not (mail := tellings.found(stage.inbox.taken[before:], signal, level)):
            if time.monotonic() - began_s > step.patience_s:
                break
            await asyncio.sleep(_LOOKS_EVERY_S)
        waited_s = (mail.arrived_s if mail else time.monotonic()) - began_s
        found.append(Telling(step.name, signal, level, mail, waited_s))
        print(f"  {signal} {level}: {f'{waited_s:.1f} s' if mail else 'NO MAIL'}", file=sys.stderr, flush=True)
    return found


@contextmanager
def _disk_of_its_own(folder: Path, *, is_needed: bool) -> Iterator[bool]:
    """Have *folder* be a disk in memory, if that is allowed; return whether it is."""
    if not is_needed or not _mounts("mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", str(folder)):
        yield False
        return
    try:
        yield True
    finally:
        _mounts("umount", "--lazy", str(folder))


def _mounts(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
