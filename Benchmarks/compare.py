#!/usr/bin/env python3
"""Two or more callback-server executables on one noisy machine: what each spends beside cryptography.

They serve the same requests by turns, and perf samples them. RSA takes the same work in all of them, so samples are
counted for 1,000 samples of libcrypto on the event loop: that compares executables where times do not. README.md says more.
"""

import argparse
import collections
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from server import BenchmarkFailed, Server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIBRARIES = {"libcrypto": "libcrypto", "kernel": "kernel", "libsqlite3": "SQLite", "libswift": "Swift", "libc.": "libc",
             "libFoundation": "Swift", "libdispatch": "Swift"}


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("servers", nargs="+", metavar="FILE", help="callback-server executables")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--requests", type=int, default=5_000, help="for each server, protocol and round")
    parser.add_argument("--load", default=str(ROOT / ".build/release/callback-load"), metavar="FILE")
    options = parser.parse_args()
    if options.rounds <= 0 or options.requests <= 0:
        parser.error("--rounds and --requests must be positive")
    return options


def run(*arguments):
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchmarkFailed(f"{arguments[0]} failed ({done.returncode}): {done.stdout}{done.stderr}")
    return done.stdout


class Comparison:
    def __init__(self, options, directory):
        self.options, self.directory, self.next = options, directory, 0
        key, public = directory / "cosigner-private.pem", directory / "cosigner-public.pem"
        run("openssl", "genrsa", "-out", key, "2048")
        run("openssl", "rsa", "-in", key, "-pubout", "-out", public)
        self.tokens = directory / "tokens.txt"
        run(options.load, "prepare", "--count", 500 + 2 * options.rounds * options.requests,
            "--template", HERE / "request.json", "--cosigner-key", key, "--cosigner-public-key", public,
            "--out", self.tokens)
        self.servers = []
        for number, executable in enumerate(options.servers):
            place = directory / str(number)
            place.mkdir()
            self.servers.append(Server(executable, place / "server", 1, public, HERE / "rules.yaml"))
        self.samples = [collections.Counter() for _ in self.servers]
        self.cpu = [collections.defaultdict(list) for _ in self.servers]

    def measure(self):
        for server in self.servers:
            server.start()
        for server in self.servers:
            self.ask(server, "http1", 500)
        self.next += 500
        for number in range(self.options.rounds):
            order = list(range(len(self.servers)))
            for protocol in ("http1", "http2"):
                # Whoever is first in one round is last in the next.
                for index in order if number % 2 == 0 else reversed(order):
                    self.profile(index, protocol)
                self.next += self.options.requests

    def ask(self, server, protocol, count):
        output = run("taskset", "-c", 0, self.options.load, protocol, "--address", server.address,
                     "--ca", server.directory / "certs/ca.pem", "--path", "/v2/tx_sign_request",
                     "--tokens", self.tokens, "--first", self.next, "--count", count, "--connections", 32,
                     "--answers", self.directory / "answers.txt")
        return json.loads(output)

    def profile(self, index, protocol):
        server, data = self.servers[index], self.directory / "perf.data"
        recorder = subprocess.Popen(
            ["perf", "record", "-q", "-F", "1999", "-p", str(server.process.pid), "-o", str(data)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = server.cpu_seconds()
        try:
            self.ask(server, protocol, self.options.requests)
        finally:
            recorder.terminate()
            recorder.wait()
        self.cpu[index][protocol].append((server.cpu_seconds() - before) / self.options.requests * 1e6)
        for line in run("perf", "report", "-i", data, "--stdio", "-q", "--sort", "comm,dso", "-n").splitlines():
            fields = line.split()
            if len(fields) < 4 or not fields[0].endswith("%"):
                continue
            thread = "event loop" if fields[2].startswith("NIO") else "ledger" if "qos" in fields[2] else "other"
            own = Path(server.executable).name in fields[-1]
            found = ["Swift"] if own else [name for part, name in LIBRARIES.items() if part in fields[-1]]
            self.samples[index][thread, (found + ["other"])[0]] += int(fields[1])

    def report(self):
        for index, executable in enumerate(self.options.servers):
            samples = self.samples[index]
            unit = samples["event loop", "libcrypto"] / 1000
            if unit == 0:
                raise BenchmarkFailed("perf took no samples of libcrypto: may it sample here?")
            print(executable)
            for protocol, values in self.cpu[index].items():
                print(f"  {protocol}: {statistics.median(values):.0f} us CPU a request (median of {len(values)})")
            for (thread, library), count in sorted(samples.items()):
                if count / unit >= 0.5:
                    print(f"  {thread:<10}  {library:<10} {count / unit:6.0f}")
            print(f"  {'all':<22} {sum(samples.values()) / unit:6.0f}")

    def close(self):
        for server in self.servers:
            server.stop()


def main():
    options = parse_options()
    (ROOT / ".build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".build", prefix="compare-") as directory:
        comparison = Comparison(options, Path(directory))
        try:
            comparison.measure()
            comparison.report()
        finally:
            comparison.close()


if __name__ == "__main__":
    main()
