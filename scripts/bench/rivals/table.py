"""The table of rivals, each of which answers one URL with the same body."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts import ports
from scripts.bench.site import Site
from scripts.parts import Part

GUNICORN: Final = (sys.executable, "-m", "gunicorn", "-w", "2", "--threads", "8", "-k", "gthread", "--keep-alive", "75")
VCL: Final = """vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "%d"; }
sub vcl_recv { unset req.http.Cookie; return (hash); }
"""
NGINX: Final = """worker_processes 2; daemon off; error_log stderr; pid nginx.pid; events { worker_connections 1024; }
http {
    access_log off; proxy_cache_path cache keys_zone=bodies:10m; client_body_temp_path body; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi; proxy_temp_path proxy; keepalive_requests 1000000;
    server { listen 127.0.0.1:%d; location / { proxy_pass http://127.0.0.1:%d; proxy_cache bodies; } }
}
"""


@dataclass(frozen=True)
class Rival:
    """Who answers at *url*, asked with *fields*."""

    name: str
    url: str
    fields: Mapping[str, str]


def others(site: Site, body: Path) -> Iterator[Rival]:
    """Start those that are on this machine, in the folder of *site*, with *body*; return them."""
    bare = ports.pick()
    yield _gunicorn(site, "bare", body, bare)
    yield _gunicorn(site, "usual", body, ports.pick())
    if shutil.which("varnishd"):
        yield _varnish(site, bare)
    if shutil.which("nginx"):
        yield _nginx(site, bare)


def _gunicorn(site: Site, name: str, body: Path, port: int) -> Rival:
    command = (*GUNICORN, "-b", f"{ports.LOCALHOST}:{port}", f"scripts.bench.rivals.{name}:app")
    site.supervise(Part(name, command, site.folder, {**site.environment(), "BENCH_BODY": str(body)}))
    return _rival({"bare": "a bare WSGI app, gthread", "usual": "the usual Flask stack, gthread"}[name], port)


def _varnish(site: Site, behind: int) -> Rival:
    port, vcl = ports.pick(), site.folder / "rival.vcl"
    vcl.write_text(VCL % behind)
    serve = ("varnishd", "-F", "-j", "none", "-n", str(site.folder / "rival"), "-a", f"{ports.LOCALHOST}:{port}")
    site.supervise(Part("varnish", (*serve, "-f", str(vcl), "-T", "none"), site.folder, site.environment()))
    return _rival("Varnish", port)


def _nginx(site: Site, behind: int) -> Rival:
    port, folder = ports.pick(), site.folder / "nginx"
    folder.mkdir(mode=0o777)
    (folder / "nginx.conf").write_text(NGINX % (port, behind))
    command = ("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"))
    site.supervise(Part("nginx", command, folder, site.environment()))
    return _rival("nginx proxy_cache", port)


def _rival(name: str, port: int) -> Rival:
    return Rival(name, f"http://{ports.LOCALHOST}:{port}/body", {})
