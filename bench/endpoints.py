"""The endpoints that are measured, each as its own makers start it, on a port of this machine."""

from __future__ import annotations

import getpass
import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

JSON = "application/sparql-results+json"
_PATIENCE = 120.0
_VIRTUOSO = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{admin}
ServerThreads = 20
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
[Plugins]
LoadPath = /usr/lib/virtuoso-opensource-7/hosting
"""
_NGINX = """\
user {user}; daemon off; worker_processes auto; pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=answers:10m max_size=200m;
  upstream engine {{ server 127.0.0.1:{behind}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://engine; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache answers; proxy_cache_valid 200 1h; proxy_cache_key "$request_uri $http_accept";
      proxy_ignore_headers Vary Cache-Control;
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Running:
    """An endpoint that answers: where, after how many seconds, and its process."""

    name: str
    port: int
    path: str
    seconds: float
    process: subprocess.Popen[bytes]

    def target(self, query: str) -> str:
        """Return the path and query string that ask *query*."""
        return f"{self.path}?query={quote(query, safe='')}"

    def memory(self) -> float:
        """Return the memory of the process and all below it in MB, shared pages by their share."""
        return sum(_share(pid) for pid in _tree(self.process.pid))


def available() -> list[str]:
    """Return the names of the endpoints that are installed here."""
    bin_ = Path(sys.executable).parent
    found = ["scograph"]
    found += ["oxigraph"] if (bin_ / "oxigraph").exists() else []
    found += ["nginx"] if shutil.which("nginx", path="/usr/sbin:/usr/bin") and found[1:] else []
    found += ["rdflib-endpoint"] if (bin_ / "rdflib-endpoint").exists() else []
    return found + (["virtuoso"] if shutil.which("virtuoso-t") else [])


@contextmanager
def running(
    name: str, release: Path, folder: Path, *options: str, behind: int = 0
) -> Iterator[Running]:
    """Start the endpoint *name* over *release*; what it needs to load first is not counted."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command, path = _command(name, release, folder, port, behind, options)
    start = time.perf_counter()
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _first_answer(port, path)
        seconds = time.perf_counter() - start
        if name == "virtuoso":
            seconds = _load_virtuoso(release, folder, process)
        yield Running(name, port, path, seconds, process)
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(
    name: str, release: Path, folder: Path, port: int, behind: int, options: tuple[str, ...]
) -> tuple[list[str], str]:
    bin_ = Path(sys.executable).parent
    quads = str(release / "dataset.nq")
    if name == "scograph":
        serve = [sys.executable, "-m", "scograph", "serve", str(release), "--port", str(port)]
        return [*serve, *options], "/sparql"
    if name == "oxigraph":
        store = folder / "store"
        if not store.exists():
            load = [str(bin_ / "oxigraph"), "load", "-l", str(store), "-f", quads]
            subprocess.run(load, check=True, capture_output=True)
        oxigraph = [str(bin_ / "oxigraph"), "serve-read-only", "-l", str(store)]
        return [*oxigraph, "-b", f"127.0.0.1:{port}"], "/query"
    if name == "rdflib-endpoint":
        # It reads a file by its suffix; the data are all in the default graph.
        triples = folder / "graph.nt"
        shutil.copyfile(quads, triples)
        where = ["--host", "127.0.0.1", "--port", str(port)]
        return [str(bin_ / "rdflib-endpoint"), "serve", *where, str(triples)], "/"
    if name == "nginx":
        conf = folder / "nginx.conf"
        conf.write_text(
            _NGINX.format(folder=folder, port=port, behind=behind, user=getpass.getuser()),
            encoding="utf-8",
        )
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx"
        return [nginx, "-p", str(folder), "-c", str(conf)], "/query"
    conf, admin = folder / "virtuoso.ini", free_port()
    conf.write_text(_VIRTUOSO.format(folder=folder, port=port, admin=admin), encoding="utf-8")
    (folder / "admin").write_text(str(admin), encoding="utf-8")
    return ["virtuoso-t", "+foreground", "+configfile", str(conf)], "/sparql"


def _load_virtuoso(release: Path, folder: Path, process: subprocess.Popen[bytes]) -> float:
    """Load the data into Virtuoso; return NaN, as it was not started over existing data."""
    shutil.copyfile(release / "dataset.nq", folder / "graph.nt")
    admin = (folder / "admin").read_text(encoding="utf-8")
    orders = f"ld_dir('{folder}', 'graph.nt', 'urn:bench'); rdf_loader_run(); checkpoint;"
    isql = shutil.which("isql-vt") or "isql-virtuoso"
    command = [isql, f"127.0.0.1:{admin}", "dba", "dba", f"exec={orders}"]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    if process.poll() is not None:
        raise RuntimeError("virtuoso ended while it loaded")
    return float("nan")


def _first_answer(port: int, path: str) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
            connection.request("GET", f"{path}?query=ASK%20%7B%7D", headers={"Accept": JSON})
            status = connection.getresponse().status
            connection.close()
        except OSError:
            status = 0
        if status == 200:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"no answer on port {port}")
        time.sleep(0.01)


def _tree(pid: int) -> list[int]:
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(item for child in below for item in _tree(int(child)))]


def _share(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
