"""What the figures of a run mean: the bound, the table, the targets, the doubts."""

import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

RATIO_TARGET = 0.65
MEMORY_TARGET = 80 * 1000 * 1000
# Growth between 50,000 and 100,000 decisions that still counts as flat: the second protocol's first use lies between
# them, and samples differ by some pages.
FLAT = 4 * 1000 * 1000


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor() or "unknown")
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.split("(Library")[0].strip()
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "openssl": version}


def warn_about_memory_disk(directory):
    kind = subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        print(f"{directory} lies in memory ({kind}): durable writes cost nothing there; choose --directory on a disk",
              file=sys.stderr)


def bound(speeds):
    """1 / (t_sign + t_verify) of one core: the mean of several measurements, and how far they lie apart."""
    rates = [1 / (1 / speed["sign_per_second"] + 1 / speed["verify_per_second"]) for speed in speeds]
    def mean_us(name):
        return sum(1e6 / speed[name] for speed in speeds) / len(speeds)
    return {
        "speeds": speeds, "sign_us": mean_us("sign_per_second"), "verify_us": mean_us("verify_per_second"),
        "bound_per_second": sum(rates) / len(rates), "drift": 1 - min(rates) / max(rates),
    }


def merged(slices):
    """The slices of a protocol's full load as one. Each has its bound, the mean of those measured before and after it.

    The ratio is the median of the slices, and so are the latencies: a minute in which the host was busy with something
    else spoils some slices, not the figure. `overall` is all decisions by those that the bounds allow in the same time.
    """
    seconds = sum(slice_["seconds"] for slice_ in slices)
    count, timed = (sum(slice_[name] for slice_ in slices) for name in ("count", "timed"))
    allowed = sum(slice_["seconds"] * slice_["bound_per_second"] for slice_ in slices)
    ratios = [slice_["timed"] / slice_["seconds"] / slice_["bound_per_second"] for slice_ in slices]
    return {
        "slices": slices, "seconds": seconds, "rps": timed / seconds, "bound_per_second": allowed / seconds,
        "ratio_to_bound": statistics.median(ratios), "overall": timed / allowed, "ratios": ratios,
        "sign_verify_us": 1e6 * seconds / allowed,
        "p50_us": statistics.median(slice_["p50_us"] for slice_ in slices),
        "p99_us": statistics.median(slice_["p99_us"] for slice_ in slices),
        "server_cpu_us": sum(slice_["server_cpu"] for slice_ in slices) / count * 1e6,
        "server_busy": sum(slice_["server_cpu"] for slice_ in slices) / seconds * timed / count,
        "load_busy": sum(slice_["load_cpu"] for slice_ in slices) / seconds * timed / count,
    }


def missed_targets(figures):
    missed = []
    for protocol, result in figures["protocols"].items():
        ratio = result["full"]["ratio_to_bound"]
        if ratio < RATIO_TARGET:
            missed.append(f"target missed: {protocol} reaches {ratio:.3f} of the bound, "
                          f"expected {RATIO_TARGET}")
    memory = figures["memory"]
    if memory["highest"] > MEMORY_TARGET:
        missed.append(f"target missed: memory rose to {megabytes(memory['highest'])}, expected "
                      f"{megabytes(MEMORY_TARGET)} at most")
    early, late = memory["after_50000"], memory["after_100000"]
    if early and late and late - early > FLAT:
        missed.append(f"target missed: memory is not flat, {megabytes(early)} after 50,000 decisions and "
                      f"{megabytes(late)} after 100,000")
    return missed


def doubts(figures):
    doubts = []
    if figures["rsa"]["drift"] > 0.10:
        doubts.append(f"doubt: the measurements of openssl speed differ by {figures['rsa']['drift']:.0%}; the machine was "
                      "not quiet, so the ratio is rough")
    for protocol, result in figures["protocols"].items():
        if result["full"]["server_busy"] < 0.9:
            doubts.append(f"doubt: {protocol}: the server was only {result['full']['server_busy']:.0%} busy at full "
                          "load, so something else was the limit (the load's core, the disk)")
        late = result["half"]["start_delay_max_us"]
        if late > 10_000:
            doubts.append(f"doubt: {protocol}: the load was up to {late / 1000:.0f} ms late at half load; that time "
                          "is in the latencies")
    return doubts


def megabytes(count):
    return "-" if count is None else f"{count / 1e6:.1f} MB"


def rows(figures):
    """The table's lines: a label and one text for each protocol."""
    results = figures["protocols"].values()
    return [
        ("decisions per second, full load", [f"{r['full']['rps']:,.0f}" for r in results]),
        ("RSA bound between its slices", [f"{r['full']['bound_per_second']:,.0f}" for r in results]),
        ("ratio to the RSA bound, median", [f"{r['full']['ratio_to_bound']:.3f}" for r in results]),
        ("lowest and highest slice, overall", [spread(r["full"]) for r in results]),
        ("latency at full load, p50 / p99", [latency(r["full"]) for r in results]),
        ("half load: decisions per second", [f"{r['half']['rps']:,.0f}" for r in results]),
        ("latency at half load, p50 / p99", [latency(r["half"]) for r in results]),
        ("server CPU per request", [f"{r['full']['server_cpu_us']:.0f} us" for r in results]),
        ("of it sign + verify (openssl speed)", [f"{r['full']['sign_verify_us']:.0f} us" for r in results]),
        ("server core busy at full load", [f"{r['full']['server_busy']:.0%}" for r in results]),
    ]


def spread(result):
    return f"{min(result['ratios']):.3f} to {max(result['ratios']):.3f}, {result['overall']:.3f}"


def latency(result):
    return f"{result['p50_us'] / 1000:.2f} / {result['p99_us'] / 1000:.2f} ms"


def facts(figures):
    machine_, rsa, memory = figures["machine"], figures["rsa"], figures["memory"]
    return [
        ("CPU", f"{machine_['cpu']}, {machine_['cores']} cores"),
        ("kernel, OpenSSL", f"{machine_['kernel']}, {machine_['openssl']}"),
        ("RSA-2048 on one core", f"sign {rsa['sign_us']:.1f} us, verify {rsa['verify_us']:.1f} us"),
        ("RSA bound", f"{rsa['bound_per_second']:,.0f}/s (drift over the run {rsa['drift']:.1%})"),
        ("load", f"{figures['connections']} connections, TLS 1.3, {figures['decisions']:,} decisions, every answer "
                 "verified, every row counted"),
        ("resident memory", f"{megabytes(memory['after_warm_up'])} after warm-up, "
                            f"{megabytes(memory['after_50000'])} after 50,000 decisions, "
                            f"{megabytes(memory['after_100000'])} after 100,000, "
                            f"{megabytes(memory['highest'])} highest"),
    ]


def text(figures):
    lines = [f"{name:<38}{value}" for name, value in facts(figures)]
    lines += ["", f"{'':<38}" + "".join(f"{protocol:>26}" for protocol in figures["protocols"])]
    lines += [f"{name:<38}" + "".join(f"{value:>26}" for value in values) for name, values in rows(figures)]
    return "\n".join(lines)


def markdown(figures):
    protocols = list(figures["protocols"])
    lines = ["| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in facts(figures)]
    lines += ["", "| | " + " | ".join(protocols) + " |", "| --- |" + " ---: |" * len(protocols)]
    lines += [f"| {name} | " + " | ".join(values) + " |" for name, values in rows(figures)]
    return "\n".join(lines) + "\n"
