"""The administrators' dashboard: a page without data, what it loads, and the session that it asks the API with."""

from flask import Flask

from dealradar.web.admin import pages, session


def register(app: Flask) -> None:
    """Serve the dashboard at ``/admin/``."""
    app.register_blueprint(pages.blueprint, url_prefix=pages.PATH)
    pages.FILES.prepare()
    app.register_blueprint(session.blueprint, url_prefix=session.PATH)
