"""Charts of each second: the same lines and words as SVG in a page, and as a PNG."""

import html as markup
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from scripts.load.stages import Stage

WIDTH, HEIGHT = 900, 260
LEFT, RIGHT, TOP, BOTTOM = 70, 880, 40, 225
_TICKS: Final = 5
_FONT: Final = 12
_INK: Final = "#44484f"
_GRID: Final = "#dcdfe4"
_COLOURS: Final = ("#d1495b", "#e08a00", "#2d7df0", "#2a9d5c")
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)

Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """One line: points of seconds and values."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Chart:
    """Some lines under one title."""

    title: str
    series: Sequence[Series]


@dataclass(frozen=True)
class Stroke:
    """A line through points of the picture."""

    points: Sequence[Point]
    colour: str
    width: int = 1


@dataclass(frozen=True)
class Word:
    """Text at a point; *anchor* is `start`, `middle` or `end`."""

    at: Point
    text: str
    colour: str = _INK
    anchor: str = "start"


Mark = Stroke | Word


@dataclass(frozen=True)
class _Measure:
    title: str
    value: Callable[[Stage], Iterator[Point]]


def _rates(stage: Stage) -> Iterator[Point]:
    yield from ((float(at), float(tally.count())) for at, tally in enumerate(stage.played.seconds[:-1]))


def _hits(stage: Stage) -> Iterator[Point]:
    ratios = ((float(at), tally.hit_ratio()) for at, tally in enumerate(stage.played.seconds[:-1]))
    yield from ((at, 100 * ratio) for at, ratio in ratios if ratio is not None)


def _slowest(stage: Stage) -> Iterator[Point]:
    taken = ((float(at), tally.taken()) for at, tally in enumerate(stage.played.seconds[:-1]))
    yield from ((at, one.percentile_ms(99)) for at, one in taken if one.total)


def _memory(stage: Stage) -> Iterator[Point]:
    yield from ((reading.at_s, reading.memory_bytes / 1e6) for reading in stage.vitals)


def _store(stage: Stage) -> Iterator[Point]:
    yield from ((reading.at_s, reading.store_bytes / 1e6) for reading in stage.vitals)


_MEASURES: Final = (
    _Measure("requests answered a second", _rates),
    _Measure("hit ratio, %", _hits),
    _Measure("99 % of a second's answers took at most, ms", _slowest),
    _Measure("memory of web, worker and beat, MB", _memory),
    _Measure("memory of the store, MB", _store),
)


def charts(stages: Sequence[Stage]) -> tuple[Chart, ...]:
    """Return what is drawn of *stages*, a line for each."""
    return tuple(
        Chart(measure.title, tuple(Series(stage.name, tuple(measure.value(stage))) for stage in stages))
        for measure in _MEASURES
    )


def ticks(highest: float) -> tuple[float, ...]:
    """Return round values from 0 to *highest* or a little above it."""
    if highest <= 0:
        return (0.0, 1.0)
    magnitude = 10.0 ** math.floor(math.log10(highest / _TICKS))
    step = next(step * magnitude for step in _STEPS if highest / (step * magnitude) <= _TICKS)
    return tuple(step * number for number in range(math.ceil(highest / step - 1e-9) + 1))


def marks(chart: Chart) -> Iterator[Mark]:
    """Yield what *chart* is drawn of, from the back to the front."""
    points = [point for series in chart.series for point in series.points]
    rows = ticks(max((value for _, value in points), default=0.0))
    columns = ticks(max((at for at, _ in points), default=0.0))
    yield Word((LEFT, 16), chart.title)
    for row in rows:
        y = BOTTOM - (BOTTOM - TOP) * row / rows[-1]
        yield Stroke(((LEFT, y), (RIGHT, y)), _GRID)
        yield Word((LEFT - 8, y + 4), f"{row:,g}", anchor="end")
    for column in columns:
        yield Word((LEFT + (RIGHT - LEFT) * column / columns[-1], BOTTOM + 20), f"{column:g} s", anchor="middle")
    for number, series in enumerate(chart.series):
        colour = _COLOURS[number % len(_COLOURS)]
        yield Word((RIGHT - 110 * (len(chart.series) - 1 - number), 16), series.name, colour, anchor="end")
        if len(series.points) > 1:
            yield Stroke([_placed(point, columns[-1], rows[-1]) for point in series.points], colour, width=2)


def html(drawn: Sequence[Chart], *, title: str, text: str) -> str:
    """Return a page of its own, which loads nothing."""
    pictures = "\n".join(svg(chart) for chart in drawn)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{markup.escape(title)}</title>\n'
        f'<body style="font:14px sans-serif;max-width:60rem;margin:2rem auto">\n<h1>{markup.escape(title)}</h1>\n'
        f'{pictures}\n<pre style="overflow:auto">{markup.escape(text)}</pre></body></html>\n'
    )


def svg(chart: Chart) -> str:
    """Return *chart* as an element of a page."""
    inner = "".join(_element(mark) for mark in marks(chart))
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" font-size="{_FONT}" font-family="sans-serif" role="img">{inner}</svg>'


def png(drawn: Sequence[Chart]) -> bytes:
    """Return all of *drawn* below each other."""
    factor = 2
    image = Image.new("RGB", (WIDTH * factor, HEIGHT * factor * len(drawn)), "white")
    canvas, font = ImageDraw.Draw(image), ImageFont.load_default(_FONT * factor)
    anchors = {"start": "ls", "middle": "ms", "end": "rs"}
    for number, chart in enumerate(drawn):
        top = number * HEIGHT
        for mark in marks(chart):
            if isinstance(mark, Word):
                at = (mark.at[0] * factor, (mark.at[1] + top) * factor)
                canvas.text(at, mark.text, fill=mark.colour, font=font, anchor=anchors[mark.anchor])
            else:
                scaled = [(x * factor, (y + top) * factor) for x, y in mark.points]
                canvas.line(scaled, fill=mark.colour, width=mark.width * factor, joint="curve")
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _placed(point: Point, widest: float, highest: float) -> Point:
    return LEFT + (RIGHT - LEFT) * point[0] / widest, BOTTOM - (BOTTOM - TOP) * point[1] / highest


def _element(mark: Mark) -> str:
    if isinstance(mark, Word):
        (x, y), text = mark.at, markup.escape(mark.text)
        return f'<text x="{x:.1f}" y="{y:.1f}" fill="{mark.colour}" text-anchor="{mark.anchor}">{text}</text>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.points)
    return f'<polyline points="{path}" fill="none" stroke="{mark.colour}" stroke-width="{mark.width}"/>'
