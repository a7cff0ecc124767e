"""What a load test found, as text: tables, in plain lines or in Markdown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.load.goals import Verdict
from scripts.load.stages import Stage, is_hit
from scripts.load.tally import of_endpoint
from scripts.load.vitals import growths

_SHOWN: Final = 20
_MS_PER_S: Final = 1_000
HEADING: Final = "## Under load"


@dataclass(frozen=True)
class Found:
    """What a test of *profile* found, and the *command* that does it again."""

    profile: str
    command: str
    stages: Sequence[Stage]
    verdicts: Sequence[Verdict]

    @property
    def is_met(self) -> bool:
        """Whether all goals are."""
        return all(verdict.is_met for verdict in self.verdicts)


@dataclass(frozen=True)
class _Column:
    name: str
    cell: Callable[[Stage], str]


def _percentile(percent: float) -> Callable[[Stage], str]:
    return lambda stage: f"{stage.total.taken().percentile_ms(percent):,.1f}"


def _kilobytes(stage: Stage) -> str:
    return f"{stage.total.body_bytes / max(1, stage.requests) / 1_000:.1f}"


def _not_modified(stage: Stage) -> str:
    return f"{stage.total.count(lambda kind: kind.status == 304) / max(1, stage.requests):.0%}"  # noqa: PLR2004 - RFC 9110


def _store(stage: Stage) -> str:
    return f"{max((reading.store_bytes for reading in stage.vitals), default=0) / 1e6:,.0f}"


COLUMNS: Final = (
    _Column("requests/s", lambda stage: f"{stage.rate_per_s:,.0f}"),
    _Column("avg ms", lambda stage: f"{stage.mean_ms:,.1f}"),
    _Column("p50", _percentile(50)),
    _Column("p95", _percentile(95)),
    _Column("p99", _percentile(99)),
    _Column("p99.9", _percentile(99.9)),
    _Column("p99 of hits", lambda stage: f"{stage.total.taken(is_hit).percentile_ms(99):,.1f}"),
    _Column("errors", lambda stage: f"{stage.errors:,}"),
    _Column("hits", lambda stage: f"{stage.hit_ratio:.1%}"),
    _Column("304", _not_modified),
    _Column("kB each", _kilobytes),
    _Column("statements each", lambda stage: f"{stage.statements:.3f}"),
    _Column("DB CPU ms each", lambda stage: f"{stage.cost.cpu_s / max(1, stage.requests) * _MS_PER_S:.3f}"),
    _Column("store MB", _store),
    _Column("generator CPU", lambda stage: f"{stage.played.cpu_share:.0%}"),
)


def markdown(found: Found) -> str:
    """Return everything, for a page."""
    blocks = [
        f"```sh\n{found.command}\n```",
        _table(("stage", *(column.name for column in COLUMNS)), [_row(stage) for stage in found.stages]),
        _table(("goal", "found", "wanted", ""), [_verdict(verdict) for verdict in found.verdicts]),
        _before_and_after(found.stages),
        _table(("endpoint", *(f"{stage.name}" for stage in found.stages)), list(_endpoints(found.stages))),
        *_growing(found.stages),
        *_wrong(found.stages),
    ]
    return "\n\n".join(block for block in blocks if block)


def replaced(page: str, profile: str, text: str) -> str:
    """Return *page* with *text* as what its section about the load says of *profile*; all else stays."""
    before, _, rest = page.partition(f"{HEADING}\n")
    section, next_section, after = rest.partition("\n## ")
    words, *parts = f"\n{section.strip()}".split("\n### ")
    told = {title: body.strip() for title, _, body in (part.partition("\n") for part in parts)}
    told[profile.capitalize()] = text
    blocks = [words.strip(), *(f"### {title}\n\n{body}" for title, body in told.items())]
    whole = "\n\n".join(block for block in (before.rstrip(), HEADING, *blocks) if block)
    return f"{whole}\n{next_section}{after}"


def _row(stage: Stage) -> tuple[str, ...]:
    return (stage.name, *(column.cell(stage) for column in COLUMNS))


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    return (verdict.goal, verdict.value, verdict.wanted, "met" if verdict.is_met else "**not met**")


def _before_and_after(stages: Sequence[Stage]) -> str:
    """Return the table in the form of an operations report, where there is a stage without the cache."""
    named = {stage.name: stage for stage in stages}
    if "off" not in named or "warm" not in named:
        return ""
    off, warm = named["off"], named["warm"]
    rows = [
        (
            "average response time",
            f"{off.mean_ms:,.1f} ms",
            f"{warm.mean_ms:,.1f} ms",
            _change(off.mean_ms, warm.mean_ms),
        ),
        ("cache hit ratio", "0 %", f"{warm.hit_ratio:.1%}", "new"),
        (
            "statements a request",
            f"{off.statements:.2f}",
            f"{warm.statements:.3f}",
            _change(off.statements, warm.statements),
        ),
        (
            "throughput",
            f"{off.rate_per_s:,.0f}/s",
            f"{warm.rate_per_s:,.0f}/s",
            f"{warm.rate_per_s / max(1e-9, off.rate_per_s):.1f} x",
        ),
        ("error rate", _rate(off), _rate(warm), ""),
    ]
    return _table(("", "cache off", "cache warm", "change"), rows)


def _change(before: float, after: float) -> str:
    return f"{after / max(1e-9, before) - 1:+.1%}"


def _rate(stage: Stage) -> str:
    return f"{stage.errors / max(1, stage.requests):.2%}"


def _endpoints(stages: Sequence[Stage]) -> Iterator[tuple[str, ...]]:
    """Yield each endpoint's share of hits, the most asked for first."""
    asked = stages[-1].total.endpoints().most_common(_SHOWN)
    for endpoint, _ in asked:
        ratios = [stage.total.hit_ratio(of_endpoint(endpoint)) for stage in stages]
        yield (endpoint, *("-" if ratio is None else f"{ratio:.1%}" for ratio in ratios))


def _growing(stages: Sequence[Stage]) -> Iterator[str]:
    """Yield how what must not grow went on, of stages that are long enough to tell."""
    for stage in stages:
        rows = [
            (one.bound.name, f"{one.middle:,.0f}", f"{one.rise:+,.0f}", "flat" if one.is_flat else "**grows**")
            for one in growths(stage.vitals)
        ]
        if rows and len(stages) == 1:
            yield _table((stage.name, "middle", "rise", ""), rows)


def _wrong(stages: Sequence[Stage]) -> Iterator[str]:
    for stage in stages:
        told = [
            f"{endpoint} {status or 'not answered'}: {count:,}"
            for (endpoint, status), count in stage.total.wrong().most_common()
        ]
        if told:
            yield f"{stage.name}: {'; '.join(told)}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
