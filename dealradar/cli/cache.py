"""The cache as operators see and change it; what the API does, the same functions do here."""

import os
import sys
import time
from typing import Final

import click
from flask.cli import AppGroup

from dealradar.cache import MAX_TTL_S
from dealradar.cli import cache_stats, progress
from dealradar.cli.refusals import in_plain_words
from dealradar.httpcache.control import entries, jobs, warming
from dealradar.httpcache.control import warm_runs as runs
from dealradar.httpcache.control.jobs import Job, State
from dealradar.httpcache.control.policy_shapes import PolicyOut, PolicyPatch, overview
from dealradar.httpcache.control.shapes import MAX_WARMED, EntryOut, EntryQuery, Invalidation, Warming
from dealradar.httpcache.control.warm_runs import Run
from dealradar.httpcache.policies import POLICIES
from dealradar.invalidation import bookkeeping, control, transaction

SHOWN_JOBS: Final = 20
POLLED_EVERY_S: Final = 0.5
EVERY_ENDPOINT: Final = "*"
AS_DECLARED: Final = {"ttl_s": None, "enabled": None}

commands: Final = AppGroup("cache", help="What is cached: look, invalidate, fill, change how.")


commands.add_command(cache_stats.command)


@commands.command("invalidate")
@click.option("--tag", "tags", multiple=True, help="Everything that depends on it, such as deal:1; repeat it.")
@click.option("--path", "paths", multiple=True, help="All variants of a path, such as /reviews/deal/1; repeat it.")
@click.option("--pattern", "patterns", multiple=True, help="A glob over keys, such as '/reviews/*'; repeat it.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
def invalidate(*, tags: tuple[str, ...], paths: tuple[str, ...], patterns: tuple[str, ...], everything: bool) -> None:
    """Invalidate, in force when this ends; a worker frees the memory of what patterns match."""
    if not (tags or paths or patterns or everything):
        raise click.UsageError("Say what: --tag, --path, --pattern or --all.")
    with in_plain_words():
        wish = Invalidation(tags=tags, paths=paths, patterns=patterns, all=True if everything else None)
        with transaction():
            job = control.order(wish.wanted(), by=_name())
        control.enforce(job)
    click.echo(f"Invalidated {', '.join(job.wanted.tags)}; job {job.id}.")


@commands.command("warm")
@click.argument("paths", nargs=-1)
@click.option("--top", type=click.IntRange(1, MAX_WARMED), help="So many of those that were asked for most lately.")
@click.option("--wait", is_flag=True, help="Show how far it is, and end when it is done; 1 if a path failed.")
def warm(paths: tuple[str, ...], *, top: int | None, wait: bool) -> None:
    """Have the answers of PATHS, as below /api, made and stored by a worker."""
    if bool(paths) == (top is not None):
        raise click.UsageError("Say what: either PATHS, or --top.")
    with in_plain_words():
        wish = Warming(paths=paths, top=top)
        with transaction():
            job = jobs.file(warming.wanted(wish), by=_name())
    click.echo(f"Queued {len(job.wanted.paths)} paths; job {job.id}.")
    if wait:
        job = _awaited(job)
        click.echo(_line(job))
        sys.exit(min(1, job.progress.failed))


@commands.command("runs")
def warm_runs() -> None:
    """Print what workers have kept warm of their own accord lately, and the hits it has earned, the newest first."""
    for run in runs.latest(SHOWN_JOBS):
        click.echo(_run_line(run))


@commands.command("inspect")
@click.argument("path")
def inspect(path: str) -> None:
    """Print what is cached of PATH: the key, age, life left, size, hits and tags of each variant."""
    found, cursor = 0, None
    with in_plain_words():
        while True:
            page = entries.listing(EntryQuery(path=path, cursor=cursor))
            for entry in page.items:
                click.echo(_entry_line(entry))
                click.echo(f"    {' '.join(entry.tags)}")
            found += len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
    click.echo(f"{found} cached.")


@commands.command("jobs")
def listing() -> None:
    """Print the latest jobs, the newest first."""
    for job in jobs.latest(SHOWN_JOBS):
        click.echo(_line(job))


@commands.group("policies", invoke_without_command=True)
@click.pass_context
def policies(context: click.Context) -> None:
    """Print how each endpoint is cached, or change it with `set`."""
    if context.invoked_subcommand is not None:
        return
    told = overview()
    if not told.cache_enabled:
        click.echo("CACHE_ENABLED is false: nothing is cached, whatever the policies say.")
    for policy in told.items:
        click.echo(_policy_line(policy))


@policies.command("set")
@click.argument("endpoint")
@click.option("--ttl-s", type=click.IntRange(1, MAX_TTL_S), help="How long its entries live.")
@click.option("--on/--off", "enabled", default=None, help="Whether it is cached.")
@click.option("--reset", is_flag=True, help="Go back to what is declared.")
def set_policy(endpoint: str, *, ttl_s: int | None, enabled: bool | None, reset: bool) -> None:
    """Change the policy of ENDPOINT, written as `policies` prints it, or of all with '*'; in force within 5 s."""
    told = {name: value for name, value in (("ttl_s", ttl_s), ("enabled", enabled)) if value is not None}
    if bool(told) == reset:
        raise click.UsageError("Say what: --ttl-s, --on, --off; or --reset, which goes alone.")
    chosen = [policy.endpoint for policy in POLICIES] if endpoint == EVERY_ENDPOINT else [endpoint]
    with in_plain_words():
        patches = [PolicyPatch.model_validate({"endpoint": one, **(told or AS_DECLARED)}) for one in chosen]
        with transaction():
            for patch in patches:
                control.change_policy(patch, by=_name())
    for policy in overview().items:
        if policy.endpoint in chosen:
            click.echo(_policy_line(policy))


def _policy_line(policy: PolicyOut) -> str:
    changed = f"  (declared {policy.declared_ttl_s} s)" if policy.ttl_s != policy.declared_ttl_s else ""
    by = f"  {policy.changed_by}, {policy.changed_at:%Y-%m-%d %H:%M:%S}" if policy.changed_by else ""
    return (
        f"{policy.endpoint:<33} {'on ' if policy.enabled else 'off'} {policy.ttl_s:>6} s  {policy.sharing}{changed}{by}"
    )


def _entry_line(entry: EntryOut) -> str:
    life = f"{entry.age_s:.0f} s old, {entry.ttl_s:.0f} s left"
    return f"{entry.key}  {life}, {entry.body_bytes} bytes, {entry.hits} hits"


def _line(job: Job) -> str:
    at = job.progress
    error = f"  {at.error}" if at.error else ""
    about = " ".join((*job.wanted.patterns, *job.wanted.paths) or job.wanted.tags)
    counts = f"removed {at.removed}" if at.warmed + at.failed == 0 else f"warmed {at.warmed}, failed {at.failed}"
    return f"{job.id}  {job.created_at:%Y-%m-%d %H:%M:%S}  {job.wanted.kind}  {job.state}  {counts}  {about}{error}"


def _awaited(job: Job) -> Job:
    """Return *job* when a worker has done it, having shown how far it is."""
    with progress.bar("Warming", len(job.wanted.paths)) as bar:
        while job.state is not State.DONE:
            time.sleep(POLLED_EVERY_S)
            with bookkeeping():
                job = jobs.get(job.id)
            bar.advance_to(job.progress.position)
    return job


def _run_line(run: Run) -> str:
    skipped = ", ".join(f"{why} {count}" for why, count in run.tally.skipped.items() if count)
    made = f"warmed {run.tally.warmed}, failed {run.tally.failed} in {run.duration_s:.1f} s"
    return (
        f"{run.id}  {run.started_at:%Y-%m-%d %H:%M:%S}  {run.trigger}  {made}; "
        f"{run.gone} gone, {run.earned_hits} hits earned; left: {skipped or 'none'}"
    )


def _name() -> str:
    return f"operator:{os.environ.get('USER') or os.getuid()}"
