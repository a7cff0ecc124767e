"""What operators send, and what they are told."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dealradar.domain.shapes import Input, Moment, Output, Query
from dealradar.httpcache.control import paths
from dealradar.httpcache.control.jobs import Job, Kind, State, Wanted
from dealradar.httpcache.control.planning import Skip
from dealradar.httpcache.control.warm_runs import Run, Trigger

EVERYTHING: Final = "path:/"
MAX_WARMED: Final = 1_000

Tag = Annotated[str, AfterValidator(paths.check_tag), Field(max_length=250)]
Path = Annotated[str, AfterValidator(paths.check_path), Field(max_length=200)]
PublicPath = Annotated[str, AfterValidator(paths.check_public), Field(max_length=500)]
Endpoint = Annotated[str, AfterValidator(paths.check_endpoint), Field(max_length=200)]
Pattern = Annotated[str, AfterValidator(paths.check_pattern), Field(max_length=paths.MAX_PATTERN_CHARS)]


class Invalidation(Input):
    """What is to be invalidated; at least one of the four.

    Attributes:
        tags: Everything that depends on one of them.
        patterns: The entries whose keys these globs match, as they follow ``dealradarus:v1:``.
        paths: All variants of these paths, as below ``/api``, and of what is below them.
        all: Everything.
    """

    tags: Annotated[tuple[Tag, ...], Field(max_length=1_000)] = ()
    patterns: Annotated[tuple[Pattern, ...], Field(max_length=20)] = ()
    paths: Annotated[tuple[Path, ...], Field(max_length=1_000)] = ()
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.tags or self.patterns or self.paths or self.all):
            raise ValueError("name what is to be invalidated: tags, patterns, paths, or all")
        return self

    def wanted(self) -> Wanted:
        """Return the job that this is: what is invalidated at once, and whose memory is to be freed then."""
        everything = (EVERYTHING,) if self.all else ()
        covering = (tag for pattern in self.patterns for tag in paths.tags_of_pattern(pattern))
        tags = (*everything, *self.tags, *map(paths.tag_of_path, self.paths), *covering)
        patterns = ("/*",) if self.all else tuple(dict.fromkeys(self.patterns))
        return Wanted(Kind.INVALIDATE, tags=tuple(dict.fromkeys(tags)), patterns=patterns)


class Warming(Input):
    """Whose answers are to be made: one of the two.

    Attributes:
        paths: These, as below ``/api``, with what anybody may ask there.
        top: So many of the public paths that were asked for most lately.
        endpoint: Of them only those of this one, a rule.
    """

    paths: Annotated[tuple[PublicPath, ...], Field(max_length=MAX_WARMED)] = ()
    top: Annotated[int, Field(ge=1, le=MAX_WARMED)] | None = None
    endpoint: Endpoint | None = None

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> Self:
        if bool(self.paths) == (self.top is not None):
            raise ValueError("say what is to be warmed: either paths, or top")
        if self.endpoint is not None and self.top is None:
            raise ValueError("say with an endpoint how many of its paths: top")
        return self


class Accepted(Output):
    """What was invalidated, and the job that frees its memory."""

    job_id: int
    tags: list[str]
    patterns: list[str]


class Queued(Output):
    """The job that will make the answers."""

    job_id: int


class JobOut(Output):
    """A job as it stands.

    Attributes:
        asked_by: ``user:5``, ``key:3`` or ``operator:root``.
        tags: What it invalidated before it began.
        scanned: About how many keys it has looked at.
        removed: How many entries it removed from memory.
        warmed: How many of its paths are cached now.
        failed: How many couldn't be.
        error: What went wrong last; a job that can't go on is tried again.
    """

    id: int
    kind: Kind
    state: State
    asked_by: str
    tags: list[str]
    patterns: list[str]
    paths: list[str]
    scanned: int
    removed: int
    warmed: int
    failed: int
    error: str | None
    created_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return *job* as it is shown."""
        told = {"scanned", "removed", "warmed", "failed", "error"}
        return cls(
            id=job.id,
            kind=job.wanted.kind,
            state=job.state,
            asked_by=job.asked_by,
            tags=list(job.wanted.tags),
            patterns=list(job.wanted.patterns),
            paths=list(job.wanted.paths),
            created_at=job.created_at,
            finished_at=job.finished_at,
            **{name: getattr(job.progress, name) for name in told},
        )


class WarmRunOut(Output):
    """What was computed of its own accord, since it is in demand.

    Attributes:
        trigger: ``upkeep``, or ``loss`` where most of it was missing, as after a flush.
        warmed: How many pages are cached now.
        failed: How many couldn't be.
        skipped: How many were left alone, by why.
        gone: How many of the entries have gone since.
        earned_hits: How many hits those had had by then.
    """

    id: int
    trigger: Trigger
    started_at: Moment
    duration_s: float
    warmed: int
    failed: int
    skipped: dict[Skip, int]
    gone: int
    earned_hits: int

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return *run* as it is shown."""
        told = {
            name: getattr(run, name) for name in ("id", "trigger", "started_at", "duration_s", "gone", "earned_hits")
        }
        return cls(warmed=run.tally.warmed, failed=run.tally.failed, skipped=dict(run.tally.skipped), **told)


class EntryQuery(Query):
    """Which path's entries, and where to go on."""

    path: Annotated[Path, Field(description="A path as below /api.")]
    cursor: Annotated[str | None, Field(max_length=32, description="A former answer's next_cursor.")] = None


class EntryOut(Output):
    """One variant that would be served.

    Attributes:
        key: Under which it is stored.
        tags: What it depends on.
        ttl_s: What is left of its life.
        hits: How often its key was a hit, up to a few seconds ago; forgotten a quarter of an hour after the last.
    """

    key: str
    tags: list[str]
    age_s: float
    ttl_s: float
    body_bytes: int
    hits: int
