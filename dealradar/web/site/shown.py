"""What a page's view returns, and how it becomes HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import TypeAdapter

from dealradar.httpcache.recompute import Computed
from dealradar.web.representations import Representation
from dealradar.web.site import files, wording

HTML: Final = "text/html; charset=utf-8"
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(files.TEMPLATES),
    autoescape=True,  # which is as good for XML
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {
    "asset": files.asset,
    "address": wording.address,
    "absolute": wording.absolute,
    "beginning": datetime.fromtimestamp(0, UTC),
}
_TEMPLATES.filters |= {
    "money": wording.money,
    "percent": wording.percent,
    "moment": wording.moment,
    "day": wording.day,
    "count": wording.count,
    "legal": wording.legal,
}


@dataclass(frozen=True)
class Shown:
    """A page: the *template* that makes it, and the *values* that it is made of."""

    template: str
    values: Mapping[str, Any]


def _dump(_promised: TypeAdapter[Any], page: object) -> bytes:
    assert isinstance(page, Shown)  # noqa: S101  what the views of pages promise
    return render(page)


def _absent(reason: str, _path: str) -> Computed:
    body = render(Shown("absent.html", {"reason": reason}))
    return Computed(body, status=HTTPStatus.NOT_FOUND, media_type=HTML)


def render(page: Shown) -> bytes:
    """Return *page* as HTML."""
    return _TEMPLATES.get_template(page.template).render(page.values).encode()


AS_HTML: Final = Representation(HTML, _dump, _absent, files.release)
"""The site's; needs no request, so that a page can be refreshed while it is served."""
AS_ATOM: Final = Representation("application/atom+xml; charset=utf-8", _dump, _absent, files.release)
AS_XML: Final = Representation("application/xml; charset=utf-8", _dump, _absent, files.release)
