"""Where two JSON bodies differ, by the names of fields alone: what is in them is nobody's business."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

MAX_NAMED: Final = 20
"""How many places are named; that there are more says nothing new."""

_ROOT: Final = "$"


def between(stored: bytes, computed: bytes) -> tuple[str, ...]:
    """Return the places, as JSONPath (RFC 9535), in which the bodies differ; none if they are the same bytes.

    The whole of it, ``$``, where one isn't JSON, or only their form differs.
    """
    if stored == computed:
        return ()
    try:
        places = _walk(_ROOT, json.loads(stored), json.loads(computed))
        return tuple(islice(places, MAX_NAMED)) or (_ROOT,)
    except ValueError:
        return (_ROOT,)


def _walk(place: str, one: object, other: object) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        yield from _of_objects(place, one, other)
    elif isinstance(one, list) and isinstance(other, list):
        yield from _of_arrays(place, one, other)
    elif one != other:
        yield place


def _of_objects(place: str, one: Mapping[str, object], other: Mapping[str, object]) -> Iterator[str]:
    for name in sorted({*one, *other}):
        if name in one and name in other:
            yield from _walk(f"{place}.{name}", one[name], other[name])
        else:
            yield f"{place}.{name}"


def _of_arrays(place: str, one: Sequence[object], other: Sequence[object]) -> Iterator[str]:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        yield from _walk(f"{place}[{index}]", left, right)
    if len(one) != len(other):
        yield f"{place}[{min(len(one), len(other))}:]"
