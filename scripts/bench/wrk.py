"""Load by wrk, which is quick enough not to be what is measured."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scripts.refused import RefusedError

CONNECTIONS: Final = 50
_RATE: Final = re.compile(r"Requests/sec:\s+([\d.]+)")
_P99: Final = re.compile(r"99%\s+([\d.]+)(us|ms|s)\b")
_COUNT: Final = re.compile(r"(\d+) requests in")
_BAD: Final = re.compile(r"(Non-2xx or 3xx responses|Socket errors).*")
_MS: Final = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


@dataclass(frozen=True)
class Load:
    """What one run of wrk got: requests, those a second, and the milliseconds that 99 % took at most."""

    requests: int
    rate_per_s: float
    p99_ms: float


def load(url: str, fields: Mapping[str, str], *, duration_s: int) -> Load:
    """Ask *url* over 50 connections as fast as it answers, for *duration_s*.

    Raises:
        RefusedError: Something was answered with an error.
    """
    told = [part for name, value in fields.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{duration_s}s", "--latency", *told, url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if bad := _BAD.search(out):
        raise RefusedError(f"{url}: {bad[0]}")
    rate, p99, count = _RATE.search(out), _P99.search(out), _COUNT.search(out)
    if rate is None or p99 is None or count is None:
        raise RefusedError(f"wrk said something else than usual: {out}")
    return Load(int(count[1]), float(rate[1]), float(p99[1]) * _MS[p99[2]])
