"""The usual stack, as the libraries' pages have it: Flask-Caching's ``@cached``, Flask-Limiter, the exporter."""

import json
import os
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, jsonify
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from prometheus_flask_exporter.multiprocess import GunicornInternalPrometheusMetrics

CONTENT: Final[Any] = json.loads(Path(os.environ["BENCH_BODY"]).read_bytes())
STORE: Final = os.environ["REDIS_URL"]

app = Flask(__name__)
cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": STORE, "CACHE_DEFAULT_TIMEOUT": 300})
Limiter(get_remote_address, app=app, storage_uri=STORE, default_limits=["100000000 per 15 minutes"])
GunicornInternalPrometheusMetrics(app)


@app.get("/body")
@cache.cached(timeout=300, query_string=True)
def body() -> Response:
    """Return the content, out of the cache but for the first time."""
    return jsonify(CONTENT)
