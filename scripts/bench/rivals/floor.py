"""What Flask itself costs: a view that returns the body as it is."""

import os
from pathlib import Path
from typing import Final

from flask import Flask, Response

BODY: Final = Path(os.environ["BENCH_BODY"]).read_bytes()

app = Flask(__name__)


@app.get("/<path:_path>")
def body(_path: str) -> Response:
    """Return the body, whatever is asked for."""
    return Response(BODY, mimetype="application/json")
