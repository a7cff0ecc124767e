"""The site's pages: HTML that is the same for everybody, kept and invalidated as the API's answers are (ADR 0071)."""

from typing import Final

from flask import Flask

from dealradar.web.site import faults, feeds, files, fixtures, pages, permalinks, sitemaps

FAMILIES: Final = (pages.routes, feeds.routes, sitemaps.routes)


def register(app: Flask) -> None:
    """Serve what the pages load below ``/assets``, and errors as pages; those are among the families of endpoints."""
    app.register_blueprint(files.blueprint, url_prefix=files.PATH)
    app.register_blueprint(permalinks.blueprint)
    app.register_blueprint(fixtures.blueprint)
    files.STATIC.prepare()
    faults.register(app)
