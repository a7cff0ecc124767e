"""Every list of the API asked for in every way: by each sort, by each filter alone, from the start and further on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import EnumType
from typing import Any, Final, Literal, get_args, get_origin
from urllib.parse import urlencode

from dealradar.domain.shapes import ListQuery, Query
from dealradar.httpcache.addresses import API
from dealradar.web.api import FAMILIES

NOT_FILTERS: Final = frozenset({"limit", "cursor", "sort", "depth"})


@dataclass(frozen=True)
class Asked:
    """A request: the rule, and its query."""

    rule: str
    query: Mapping[str, object]
    is_list: bool

    def __str__(self) -> str:
        return f"GET {self.rule}?{urlencode(self.query)}"


def every_way(known: Mapping[str, object]) -> Iterator[Asked]:
    """Return each way in which a GET can be asked; *known* has a value of each filter that isn't one of a few.

    Raises:
        KeyError: There is a filter that *known* has no value of; give it one.
    """
    for endpoint in (one for family in FAMILIES for one in family.endpoints if one.method == "GET"):
        model = endpoint.contract.query
        if model is None:
            yield Asked(API + endpoint.rule, {}, is_list=False)
            continue
        for chosen in _choices(model, known):
            yield Asked(API + endpoint.rule, chosen, is_list=issubclass(model, ListQuery))


def _choices(model: type[Query], known: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    fields = model.model_fields
    sorts = [{"sort": sort} for sort in fields["sort"].annotation or ()] if "sort" in fields else [{}]
    required = {name: known[name] for name, field in fields.items() if field.is_required()}
    for sort in sorts:
        yield {**required, **sort}
        for name in fields.keys() - NOT_FILTERS - required.keys():
            for value in _values(name, fields[name].annotation, known):
                beside = {"target_type": known["target_type"]} if name == "target_id" else {}
                yield {**required, **sort, **beside, name: value}


def _values(name: str, annotation: Any, known: Mapping[str, object]) -> list[object]:
    if name in known:
        return [known[name]]
    kinds = (annotation, *get_args(annotation))
    return [value for kind in kinds for value in _few(kind)] or [known[name]]


def _few(kind: Any) -> list[object]:
    if kind is bool:
        return ["true", "false"]
    if isinstance(kind, EnumType):
        return list(kind)
    return list(get_args(kind)) if get_origin(kind) is Literal else []
