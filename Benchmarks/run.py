#!/usr/bin/env python3
"""Decisions per second of callback-server against the RSA bound of this CPU. README.md beside it says how and why.

Exit codes: 0 done, 1 the run is void (an answer or a row was missing or wrong), 2 the call was wrong,
3 the run is valid and a target was missed.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report
from server import BenchmarkFailed, MemoryTrace, Server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TRANSACTIONS = "/v2/tx_sign_request"
PROTOCOLS = ("HTTP/1.1", "HTTP/2")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true",
                        help="2,000 requests for each protocol, no targets: a smoke test")
    parser.add_argument("--profile", action="store_true", help="sample the server with perf at full load")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--markdown", metavar="FILE", help="write the table for docs/performance.md")
    parser.add_argument("--directory", default=str(ROOT / ".build/benchmark"), metavar="DIR",
                        help="where the ledger lies: a real disk, not tmpfs (default: .build/benchmark)")
    parser.add_argument("--keep", action="store_true", help="leave the run's files there")
    parser.add_argument("--server", default=str(ROOT / ".build/release/callback-server"), metavar="FILE")
    parser.add_argument("--load", default=str(ROOT / ".build/release/callback-load"), metavar="FILE")
    parser.add_argument("--requests", type=int, help="decisions at full load for each protocol (default: 60000)")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--server-core", type=int, default=1)
    parser.add_argument("--load-core", type=int, default=0)
    options = parser.parse_args()
    if options.requests is None:
        options.requests = 2_000 if options.quick else 60_000
    if options.requests <= 0 or options.connections <= 0:
        parser.error("--requests and --connections must be positive")
    options.warm_up = 200 if options.quick else 2_000
    options.half_seconds = 2 if options.quick else 10
    options.slices = 1 if options.quick else 12
    options.speed_seconds = 1
    cores = os.sched_getaffinity(0)
    if options.server_core == options.load_core or not {options.server_core, options.load_core} <= cores:
        parser.error(f"server and load need two different cores; this process may use {sorted(cores)}")
    for tool in ("wrk", "taskset", "chrt", "openssl"):
        if shutil.which(tool) is None:
            parser.error(f"{tool} is not installed; run `make setup`")
    for path in (options.server, options.load):
        if not os.access(path, os.X_OK):
            parser.error(f"{path} is missing; run `make bench`, which builds it")
    return options


class Benchmark:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.private_key = directory / "cosigner-private.pem"
        self.public_key = directory / "cosigner-public.pem"
        self.children = []
        self.server = None
        self.trace = None
        self.decisions = 0

    # Children: everything that is started is ended, whatever happens.

    def spawn(self, arguments, **keywords):
        child = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, start_new_session=True, text=True,
            **keywords)
        self.children.append(child)
        return child

    def call(self, *arguments):
        child = self.spawn(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, complaints = child.communicate()
        return child.returncode, output, complaints

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    child.kill()
        if self.trace is not None:
            self.trace.stop()
        if self.server is not None:
            self.server.stop()

    # Steps.

    def keep_load_core_awake(self):
        """A core of a virtual machine that sleeps is woken by its host, which takes as long as the host is busy; the server
        would pay for the call and wait for its clients. So something of the lowest priority runs there, all the time."""
        self.spawn(["taskset", "-c", self.options.load_core, "chrt", "--idle", "0", "sh", "-c", "while :; do :; done"])

    def rsa_speed(self):
        """Signatures and verifications per second on the server's core, while it is idle: by the clock, as decisions are."""
        status, output, complaints = self.call(
            "taskset", "-c", self.options.server_core, "openssl", "speed", "-elapsed", "-seconds",
            self.options.speed_seconds, "rsa2048")
        found = re.search(r"^rsa\s+2048 bits\s+\S+\s+\S+\s+([0-9.]+)\s+([0-9.]+)", output, re.MULTILINE)
        if status != 0 or found is None:
            raise BenchmarkFailed(f"openssl speed failed ({status}): {complaints}")
        return {"sign_per_second": float(found[1]), "verify_per_second": float(found[2])}

    def prepare(self, count):
        tokens = self.directory / "tokens.txt"
        cores = f"{self.options.load_core},{self.options.server_core}"
        status, output, complaints = self.call(
            "taskset", "-c", cores, self.options.load, "prepare", "--count", count,
            "--template", HERE / "request.json", "--cosigner-key", self.private_key,
            "--cosigner-public-key", self.public_key, "--out", tokens)
        if status != 0:
            raise BenchmarkFailed(f"callback-load prepare failed ({status}): {output}{complaints}")
        return tokens

    def start_server(self):
        self.server = Server(
            self.options.server, self.directory / "server", self.options.server_core, self.public_key,
            HERE / "rules.yaml")
        self.server.start()
        self.trace = MemoryTrace(self.server)

    def full_load(self):
        """The full load of both protocols by turns, in slices with the bound measured between them: all three see the same
        minutes of the host, and both protocols ledgers of the same size."""
        speeds, slices = [self.rsa_speed()], {protocol: [] for protocol in PROTOCOLS}
        for number in range(self.options.slices):
            begin, end = (self.options.requests * part // self.options.slices for part in (number, number + 1))
            # Whichever is first in one round is last in the next.
            for protocol in PROTOCOLS if number % 2 == 0 else reversed(PROTOCOLS):
                slice_ = self.phase("full load", protocol, end - begin, profiled=number == 0)
                speeds.append(self.rsa_speed())
                slices[protocol].append(slice_ | {"bound_per_second": report.bound(speeds[-2:])["bound_per_second"]})
        return {protocol: report.merged(parts) for protocol, parts in slices.items()}, speeds

    def phase(self, name, protocol, count, rate=None, profiled=False):
        """Sends `count` new requests and checks every answer and row. Returns the client's figures and CPU times."""
        if count == 0:
            raise BenchmarkFailed("--requests are fewer than the slices of the run")
        label = f"{protocol} {name}"
        print(f"{label}: {count} requests" + (f" at {rate:.0f}/s" if rate else ""), file=sys.stderr, flush=True)
        tokens = self.prepare(count)
        answers = self.directory / "answers.txt"
        profile = self.start_profile(protocol) if profiled and self.options.profile else None
        cpu, load_cpu, begin = self.server.cpu_seconds(), children_cpu(), time.monotonic()
        if protocol == "HTTP/1.1" and rate is None:
            result = self.wrk(label, tokens, count, answers)
        else:
            result = self.callback_load(label, protocol, tokens, count, rate, answers)
        end, server_cpu = time.monotonic(), self.server.cpu_seconds() - cpu
        load_cpu = children_cpu() - load_cpu
        self.trace.phase(begin, end, self.decisions, self.decisions + count)
        if profile is not None:
            self.finish_profile(protocol, *profile)
        self.decisions += count
        self.verify(label, tokens, count, answers, unordered=protocol == "HTTP/1.1" and rate is None)
        self.expect_recorded(label)
        result |= {"count": count, "timed": result.get("timed", count), "server_cpu": server_cpu, "load_cpu": load_cpu}
        tokens.unlink()
        answers.unlink()
        return result

    def callback_load(self, label, protocol, tokens, count, rate, answers):
        arguments = [
            "taskset", "-c", self.options.load_core, self.options.load, "http2" if protocol == "HTTP/2" else "http1",
            "--address", self.server.address, "--ca", self.server.directory / "certs/ca.pem", "--path", TRANSACTIONS,
            "--tokens", tokens, "--count", count, "--connections", self.options.connections, "--answers", answers]
        if rate is not None:
            arguments += ["--rate", f"{rate:.3f}"]
        status, output, complaints = self.call(*arguments)
        if status != 0:
            raise BenchmarkFailed(
                f"{label}: callback-load failed ({status}): {output}{complaints}\n{self.server.log_tail()}")
        return json.loads(output)

    def wrk(self, label, tokens, count, answers):
        summary = self.directory / "summary.json"
        child = self.spawn(
            ["taskset", "-c", self.options.load_core, "wrk", "-t1", f"-c{self.options.connections}", "-d600s",
             "--timeout", "25s", "-s", HERE / "wrk.lua", f"https://{self.server.address}{TRANSACTIONS}", "--",
             tokens, 0, count, answers, summary, min(4 * self.options.connections, count // 2)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        # wrk has no end but its time: it is interrupted when the last answer is in, or when none comes any more.
        stalled, size = time.monotonic(), -1
        while not summary.exists() and child.poll() is None and time.monotonic() - stalled < 40:
            time.sleep(0.05)
            grown = answers.stat().st_size if answers.exists() else -1
            if grown != size:
                stalled, size = time.monotonic(), grown
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        output, _ = child.communicate(timeout=30)
        latency = re.search(r"^latency (\{.*\})$", output, re.MULTILINE)
        if not summary.exists() or latency is None:
            raise BenchmarkFailed(f"{label}: wrk got no answer to some request:\n{output}\n{self.server.log_tail()}")
        result = {**json.loads(summary.read_text()), **json.loads(latency[1])}
        summary.unlink()
        if result["errors"] or result["connection_errors"]:
            raise BenchmarkFailed(f"{label}: wrk counted errors: {result}\n{self.server.log_tail()}")
        return result

    def verify(self, label, tokens, count, answers, unordered):
        status, output, complaints = self.call(
            self.options.load, "verify", "--answers", answers, "--tokens", tokens, "--count", count,
            "--public-key", self.server.directory / "keys/callback-public.pem", "--expect", "APPROVE",
            *(["--unordered"] if unordered else []))
        if status != 0:
            raise BenchmarkFailed(f"{label}: answers are not as expected: {output}{complaints}")

    def expect_recorded(self, label):
        recorded = self.server.recorded()
        if recorded != self.decisions:
            raise BenchmarkFailed(f"{label}: {self.decisions} answers, but {recorded} rows in the ledger")

    def start_profile(self, protocol):
        if shutil.which("perf") is None:
            print("--profile: perf is not installed; the run goes on without it", file=sys.stderr)
            return None
        data = self.directory / "perf.data"
        child = self.spawn(
            ["perf", "record", "-F", 499, "-g", "-p", self.server.process.pid, "-o", data],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        return child, data

    def finish_profile(self, protocol, child, data):
        child.send_signal(signal.SIGINT)
        child.wait(timeout=30)
        target = Path(self.options.directory) / f"profile-{protocol.replace('/', '').replace('.', '')}.txt"
        parts = []
        for sort in ("dso", "dso,symbol"):
            _, output, complaints = self.call(
                "perf", "report", "-i", data, "--stdio", "--no-children", "-g", "none", "--percent-limit", "0.5",
                "--sort", sort)
            parts.append(output or complaints)
        target.write_text("\n".join(parts))
        print(f"profile: {target}", file=sys.stderr)

    # The run.

    def run(self):
        self.prepare(0)
        self.keep_load_core_awake()
        self.start_server()
        figures = {"machine": report.machine(), "protocols": {}, "connections": self.options.connections}
        memory = {}
        for protocol in PROTOCOLS:
            self.phase("warm-up", protocol, self.options.warm_up)
        memory["after_warm_up"] = self.server.memory()
        full, speeds = self.full_load()
        for protocol in PROTOCOLS:
            rate = full[protocol]["rps"] / 2
            half = self.phase("half load", protocol, max(1, round(rate * self.options.half_seconds)), rate)
            figures["protocols"][protocol] = {"full": full[protocol], "half": half}
        memory["at_the_end"] = self.server.memory()
        memory["highest"] = self.server.memory("VmHWM")
        self.trace.stop()
        for decisions in (50_000, 100_000):
            memory[f"after_{decisions}"] = self.trace.at(decisions)
        status = self.server.stop()
        if status != 0:
            raise BenchmarkFailed(f"The server ended with exit code {status}:\n{self.server.log_tail()}")
        self.expect_recorded("after the server's end")
        figures |= {"memory": memory, "decisions": self.decisions, "rsa": report.bound(speeds)}
        return figures


def children_cpu():
    """CPU time of the children that have ended, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    options = parse_options()
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)  # also where a shell started us with it ignored
    Path(options.directory).mkdir(parents=True, exist_ok=True)
    report.warn_about_memory_disk(options.directory)
    directory = Path(tempfile.mkdtemp(prefix="run-", dir=options.directory))
    os.sched_setaffinity(0, {options.load_core, options.server_core})
    benchmark = Benchmark(options, directory)
    try:
        figures = benchmark.run()
    except BenchmarkFailed as failure:
        print(f"benchmark failed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        try:
            benchmark.close()
        finally:
            if options.keep:
                print(f"files: {directory}", file=sys.stderr)
            else:
                shutil.rmtree(directory, ignore_errors=True)
    print(report.text(figures))
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")
    if options.markdown:
        Path(options.markdown).write_text(report.markdown(figures))
    missed = [] if options.quick else report.missed_targets(figures)
    for complaint in report.doubts(figures) + missed:
        print(complaint, file=sys.stderr)
    return 3 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
