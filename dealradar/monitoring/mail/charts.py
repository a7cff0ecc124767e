"""The last hour of a signal as a small picture that reads on a phone, on a light ground and on a dark one.

The ground is left clear, and all colours are about as far from white as from black: mail programs swap the ground as
they like, and few let a mail know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from dealradar.monitoring.mail import axes
from dealradar.monitoring.mail.axes import Axis
from dealradar.monitoring.mail.notices import Notice

WIDTH: Final = 360
HEIGHT: Final = 190
DENSITY: Final = 2
"""Pixels of the file for each that the mail lays out."""

OVERSAMPLING: Final = 2
"""Drawn as much larger and scaled down, since the library's lines are jagged."""

COLOURS: Final = 128
"""Enough for smooth edges, in a file of a third of the size."""

SPAN: Final = timedelta(hours=1)
GAP: Final = timedelta(minutes=2)
"""Values farther apart have nothing between them."""

LEFT, TOP, RIGHT, BOTTOM = 62, 24, 350, 166
FONT_SIZE: Final = 12

INK: Final = (123, 127, 135)
GRID: Final = (123, 127, 135, 70)
LINE: Final = (45, 125, 240)
WARNING: Final = (200, 120, 0)
CRITICAL: Final = (225, 60, 60)

Colour = tuple[int, ...]
Point = tuple[float, float]


def draw(notice: Notice, *, now: datetime) -> bytes:
    """Return the hour up to *now* as a PNG, `DENSITY` times `WIDTH` by `HEIGHT` pixels."""
    known = [(at, value) for at, value in notice.history if value is not None and now - SPAN <= at <= now]
    bounds = [(value, colour) for value, colour in _bounds(notice) if value is not None]
    axis = axes.axis([value for _, value in known] + [value for value, _ in bounds], unit=notice.unit)
    canvas = _Canvas(axis, now)
    canvas.draw_grid()
    for value, colour in bounds:
        canvas.draw_bound(value, colour)
    for run in _runs(known):
        canvas.draw_run(run)
    if not known:
        canvas.write(((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2), "no values in the last hour", anchor="mm")
    return canvas.png()


def _bounds(notice: Notice) -> tuple[tuple[float | None, Colour], ...]:
    # How well a server does is read off the axis: there is nothing between its steps to draw a line at.
    return () if notice.unit == "state" else ((notice.warning, WARNING), (notice.critical, CRITICAL))


def _runs(known: Sequence[tuple[datetime, float]]) -> Iterator[list[tuple[datetime, float]]]:
    run = list(known[:1])
    for before, after in pairwise(known):
        if after[0] - before[0] > GAP:
            yield run
            run = []
        run.append(after)
    if run:
        yield run


@dataclass
class _Canvas:
    axis: Axis
    now: datetime

    def __post_init__(self) -> None:
        self._factor = DENSITY * OVERSAMPLING
        # Clear, but of the ink's colour: what is scaled down mixes with it.
        self._image = Image.new("RGBA", (WIDTH * self._factor, HEIGHT * self._factor), (*INK, 0))
        self._draw = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(FONT_SIZE * self._factor)

    def draw_grid(self) -> None:
        """Draw both axes, with their labels."""
        for tick in self.axis.ticks:
            y = self._y(tick.value)
            self._line([(LEFT, y), (RIGHT, y)], GRID, width=1)
            self.write((LEFT - 6, y), tick.label, anchor="rm")
        self.write((LEFT - 6, 2), self.axis.unit, anchor="ra")
        for at, label in axes.hours(self.now - SPAN, self.now):
            x = self._x(at)
            self._line([(x, BOTTOM), (x, BOTTOM + 4)], INK, width=1)
            self.write((x, BOTTOM + 7), label, anchor="ma")
        self.write((RIGHT, 2), "last hour, UTC", anchor="ra")

    def draw_bound(self, value: float, colour: Colour) -> None:
        """Draw a threshold, dashed."""
        y = self._y(value)
        for x in range(LEFT, RIGHT, 8):
            self._line([(x, y), (min(x + 5, RIGHT), y)], colour, width=1.5)

    def draw_run(self, run: Sequence[tuple[datetime, float]]) -> None:
        """Draw values without a gap between them."""
        points = [(self._x(at), self._y(value)) for at, value in run]
        if len(points) > 1:
            self._line(points, LINE, width=2)
        x, y = points[-1]
        self._draw.circle(self._scaled((x, y)), 2.5 * self._factor, fill=LINE)

    def write(self, at: Point, words: str, *, anchor: str) -> None:
        """Write *words* with their *anchor* (of Pillow) at a point."""
        self._draw.text(self._scaled(at), words, fill=INK, font=self._font, anchor=anchor)

    def png(self) -> bytes:
        """Return what was drawn."""
        file = BytesIO()
        size = (WIDTH * DENSITY, HEIGHT * DENSITY)
        smooth = self._image.resize(size, Image.Resampling.LANCZOS)
        smooth.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
        return file.getvalue()

    def _line(self, points: Sequence[Point], colour: Colour, *, width: float) -> None:
        scaled = [self._scaled(point) for point in points]
        self._draw.line(scaled, fill=colour, width=round(width * self._factor), joint="curve")

    def _x(self, at: datetime) -> float:
        return RIGHT - (RIGHT - LEFT) * ((self.now - at) / SPAN)

    def _y(self, value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * self.axis.part_of(value)

    def _scaled(self, point: Point) -> Point:
        return point[0] * self._factor, point[1] * self._factor
