"""The server under load: a directory of its own, one pinned process, and what the kernel says about it."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

CONFIGURATION = """\
config_version: 1
listeners:
  - address: "{address}"
    mode: public-key
    base_path: /
    tls: {{ certificate: certs/server.pem, private_key: certs/server.key }}
cosigners:
  - {{ name: primary, public_key: {cosigner} }}
response_keys:
  default: keys/callback-private.pem
rules: {{ file: rules/rules.yaml }}
ledger: {{ sqlite: data/ledger.sqlite, signing_key: keys/ledger-private.pem }}
admin: {{ address: "{admin}" }}
log: {{ level: info, format: json }}
"""


class BenchmarkFailed(Exception):
    """The run is void: something was not answered, not recorded, or not as expected."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`callback-server serve` on one core, in a directory that `callback-server init` made."""

    def __init__(self, executable, directory, core, cosigner_public_key, rules):
        self.executable = executable
        self.directory = Path(directory)
        self.core = core
        self.address = f"127.0.0.1:{free_port()}"
        self.admin = f"127.0.0.1:{free_port()}"
        self.ledger = self.directory / "data/ledger.sqlite"
        self.log = self.directory.parent / "server.log"
        self.process = None
        made = subprocess.run(
            [executable, "init", str(self.directory), "--address", self.address,
             "--cosigner-key", str(cosigner_public_key), "--rules", str(rules)],
            capture_output=True, text=True)
        if made.returncode != 0:
            raise BenchmarkFailed(f"callback-server init failed ({made.returncode}): {made.stdout}{made.stderr}")
        trusted = sorted((self.directory / "keys/cosigners").glob("*.pem"))
        if not trusted:
            raise BenchmarkFailed("callback-server init left no co-signer key in keys/cosigners")
        (self.directory / "callback-server.yaml").write_text(CONFIGURATION.format(
            address=self.address, admin=self.admin, cosigner=trusted[0].relative_to(self.directory)))

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(self.core), str(self.executable), "serve",
                 "--config", str(self.directory / "callback-server.yaml")],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://{self.admin}/readyz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        raise BenchmarkFailed(f"The server is not ready after 20 s; its log ends:\n{self.log_tail()}")

    def stop(self):
        """Drains the server; kills it where that takes more than 20 s. Returns its exit code."""
        if self.process is None or self.process.poll() is not None:
            return None if self.process is None else self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise BenchmarkFailed("The server did not end within 20 s of SIGTERM") from None

    def log_tail(self):
        return "".join(self.log.read_text(errors="replace").splitlines(keepends=True)[-20:])

    def cpu_seconds(self):
        """User and system time of all its threads so far (proc(5), fields 14 and 15)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, field="VmRSS"):
        """A line of /proc/PID/status in bytes: VmRSS is now, VmHWM the highest so far."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise BenchmarkFailed(f"/proc says nothing about {field}: the server has ended\n{self.log_tail()}")

    def recorded(self):
        """How many decisions the ledger holds, read beside the running server."""
        connection = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute("SELECT count(*) FROM decisions").fetchone()[0]
        finally:
            connection.close()


class MemoryTrace:
    """Samples the server's memory while load runs, to read it at a number of decisions afterwards."""

    def __init__(self, server):
        self.server = server
        self.samples = []
        self.phases = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)
        self.thread.start()

    def _sample(self):
        while not self.ended.wait(0.25):
            try:
                self.samples.append((time.monotonic(), self.server.memory()))
            except (OSError, BenchmarkFailed):
                return

    def stop(self):
        self.ended.set()
        self.thread.join()

    def phase(self, begin, end, before, after):
        """Between these instants the number of decisions rose, evenly, from `before` to `after`."""
        self.phases.append((begin, end, before, after))

    def at(self, decisions):
        """The first sample after that many decisions; None where there were not so many."""
        for begin, end, before, after in self.phases:
            if before < decisions <= after:
                instant = begin + (end - begin) * (decisions - before) / (after - before)
                return next((memory for time_, memory in self.samples if time_ >= instant), None)
        return None
