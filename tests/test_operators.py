"""What docs/serving.md gives to operators is taken from there and run: the unit, the proxy."""

from __future__ import annotations

import getpass
import json
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.patience import eventually, patience
from tests.serving import free_port, serving

DOCS = (Path(__file__).parent.parent / "docs" / "serving.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
AROUND = """\
user {user}; daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {zone}
  {block}
}}
"""


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    return str(found)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_the_unit_is_one_that_systemd_reads(tmp_path: Path) -> None:
    # A path may have a space.
    program = f'"{Path(sys.executable).with_name("scograph")}"'
    unit = block("ini").replace("/srv/scograph/.venv/bin/scograph", program)
    assert program in unit
    (tmp_path / "scograph.service").write_text(unit, encoding="utf-8")
    command = ["systemd-analyze", "verify", str(tmp_path / "scograph.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_gives_only_options_that_there_are() -> None:
    (line,) = re.findall(r"^ExecStart=\S+ serve (.*)$", block("ini"), re.MULTILINE)
    command = [sys.executable, "-m", "scograph", "serve", *line.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "has no release yet" in done.stderr) == (1, True)


@contextmanager
def proxy(folder: Path, behind: int) -> Iterator[int]:
    """Run nginx as the document says, on a free port and with a certificate of its own."""
    port = free_port()
    names = {"certificate": folder / "cert.pem", "certificate_key": folder / "key.pem"}
    subject = ["-subj", "/CN=graph.example.org", "-days", "1"]
    files = ["-out", str(names["certificate"]), "-keyout", str(names["certificate_key"])]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files]
    subprocess.run(command, capture_output=True, check=True)
    text = block("nginx").replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    for name, path in names.items():
        text = re.sub(rf"ssl_{name} .*;", f"ssl_{name} {path};", text)
    (zone,) = re.findall(r"`(limit_req_zone .*?;)`", DOCS)
    config = folder / "nginx.conf"
    whole = AROUND.format(user=getpass.getuser(), folder=folder, zone=zone, block=text)
    config.write_text(whole, encoding="utf-8")
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(config)])
    try:
        eventually(lambda: (folder / "pid").exists(), "nginx starts", within="start")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=patience("stop"))


@pytest.mark.skipif(NGINX is None, reason="nginx is not here: Debian's package nginx")
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here")
def test_behind_the_proxy_a_client_is_who_the_proxy_says(
    release_path: Path, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    options = ("--proxies", "1", "--access-log", str(log), "--log-addresses")
    trusting = ssl._create_unverified_context()  # noqa: S323 - it is our own certificate
    with (
        serving(release_path, *options) as (address, _),
        proxy(tmp_path, int(address.rpartition(":")[2])) as port,
    ):
        request = urllib.request.Request(
            f"https://127.0.0.1:{port}/sparql?query={quote('ASK {}')}",
            headers={"X-Forwarded-For": "203.0.113.9", "Accept": "text/csv"},
        )
        guard = patience("answer")
        with urllib.request.urlopen(request, context=trusting, timeout=guard) as answer:  # noqa: S310
            assert (answer.status, answer.read()) == (200, b"true\n")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["client"] for line in lines if line["path"] == "/sparql"] == ["127.0.0.1"]
