"""`scripts/dev load`: what the cache is worth to a community, on servers of its own; its report is in var/load/."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dealradar.seeds.scales import SCALES
from scripts import place
from scripts.bench.site import Site
from scripts.clone import HERE
from scripts.load import figures, goals, playing, profiles, report
from scripts.load.playing import Pace
from scripts.load.profiles import PROFILES, Profile
from scripts.load.report import Found
from scripts.load.stages import Stage
from scripts.log import Log
from scripts.roster import Roster
from scripts.supervise import Supervisor

_PAGE: Final = HERE.root / "docs" / "performance.md"
_MINUTE_S: Final = 60.0


def main(arguments: Sequence[str]) -> int:
    """Play a profile; return 1 if a goal isn't met, saying which."""
    wish = wish_of(arguments)
    profile = profiles.named(wish.profile)
    pace = pace_of(wish, profile)
    folder = place.temporary()
    try:
        with (HERE.make_var() / "load.log").open("w") as log:
            stages = asyncio.run(_run(profile, pace, Site(HERE, folder), Log(log, colour=False), scale=wish.scale))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    verdicts = goals.judge(profile.goals, {stage.name: stage for stage in stages}, is_max=pace.rate_per_s is None)
    found = Found(profile.name, " ".join(("scripts/dev load", *arguments)), stages, verdicts)
    text = report.markdown(found)
    print(text)
    _keep(found, text)
    if wish.write:
        _PAGE.write_text(report.replaced(_PAGE.read_text(), profile.name, text))
    missed = [verdict.goal for verdict in verdicts if not verdict.is_met]
    print(f"not met: {'; '.join(missed)}" if missed else "all goals are met", file=sys.stderr)
    return int(bool(missed))


def wish_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what *arguments* ask for; explain and end the program if they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev load",
        description="Load the site as a community does, on servers of its own; what its parts log is in var/load.log, "
        "the report with its plots in var/load/.",
        epilog="; ".join(f"{profile.name}: {profile.summary}" for profile in PROFILES),
    )
    parser.add_argument("--profile", choices=[profile.name for profile in PROFILES], default=PROFILES[0].name)
    paces = parser.add_mutually_exclusive_group()
    paces.add_argument("--rate", type=_positive, help="requests a second, sent by the clock")
    paces.add_argument("--max", action="store_true", help="50 connections, as fast as they are answered")
    parser.add_argument("--minutes", type=_positive, help="of each stage")
    parser.add_argument("--scale", choices=[scale.name for scale in SCALES], default="medium")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    return parser.parse_args(arguments)


def pace_of(wish: argparse.Namespace, profile: Profile) -> Pace:
    """Return how fast and how long is played: as wished, else as the profile has it."""
    rate_per_s = None if wish.max else wish.rate or profile.rate_per_s
    return Pace(rate_per_s, (wish.minutes or profile.minutes) * _MINUTE_S)


async def _run(profile: Profile, pace: Pace, site: Site, log: Log, *, scale: str) -> Sequence[Stage]:
    async with Supervisor(Roster(site.folder / "roster.json"), log) as supervisor:
        print("starting the servers", file=sys.stderr, flush=True)
        await site.start(supervisor)
        return await playing.perform(site, profile, pace, scale=scale)


def _keep(found: Found, text: str) -> None:
    folder: Path = HERE.make_var() / "load"
    folder.mkdir(exist_ok=True)
    (folder / f"{found.profile}.md").write_text(f"{text}\n")
    charts = figures.charts(found.stages)
    (folder / f"{found.profile}.png").write_bytes(figures.png(charts))
    (folder / f"{found.profile}.html").write_text(figures.html(charts, title=found.profile, text=text))


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} isn't above 0")
    return value
