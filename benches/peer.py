#!/usr/bin/env python3
"""Palisade beside Prowler: requests, wall time and peak memory of both for the same account.

Starts the emulator with the generated account (300 users, 150 roles, 150 buckets, 60 repositories) behind the
proxy, which counts requests and answers each 30 ms later, installs Prowler from PyPI into a virtual environment
of its own, and lets both scan IAM, S3, ECR and the account in two regions. Prints what each took, and the
ratios. The aims: 15 times faster, under 3,000 requests, a tenth of the memory.

    benches/peer.py [--runs N] [--latency MILLISECONDS] [--without-prowler]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from measure import row, run

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
PROWLER = "5.46.0"
REGIONS = ["us-east-1", "eu-west-1"]
SERVICES = ["iam", "s3", "ecr", "account"]
# Complete or not, with or without fails.
CODES = {"palisade": (0, 4), "prowler": (0, 3)}


class Emulator:
    """The emulator, filled, as a child process that counts requests."""

    def __init__(self, latency):
        command = [TARGET / "debug/palisade-emulator", "serve", "--latency", str(latency), "large"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.environment = dict(os.environ)
        for line in self.process.stdout:
            if line.startswith("#"):
                break
            name, value = line.removeprefix("export ").strip().split("=", 1)
            self.environment[name] = value
        else:
            raise SystemExit("the emulator did not start")

    def requests(self):
        """How many requests came since this was last asked."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[1])

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def prowler():
    """The peer's program, installed on first use."""
    folder = TARGET / f"prowler-{PROWLER}"
    program = folder / "bin/prowler"
    if not (folder / "installed").exists():
        print(f"installing Prowler {PROWLER} into {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, f"prowler=={PROWLER}"], check=True)
        (folder / "installed").touch()
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of Palisade; Prowler runs once")
    parser.add_argument("--latency", type=int, default=30)
    parser.add_argument("--without-prowler", action="store_true")
    options = parser.parse_args()

    subprocess.run(["cargo", "build", "--locked", "-q", "-p", "palisade-emulator"], cwd=ROOT, check=True)
    subprocess.run(["cargo", "build", "--locked", "-q", "--release", "-p", "palisade-cli"], cwd=ROOT, check=True)
    scratch = TARGET / "benches"
    scratch.mkdir(parents=True, exist_ok=True)
    regions = [word for region in REGIONS for word in ("--region", region)]
    services = [word for service in SERVICES for word in ("--service", service)]
    ours = [TARGET / "release/palisade", "scan", "-f", "json", "-o", scratch / "palisade.json", *regions, *services]
    theirs = [prowler(), "aws", "--service", *SERVICES, "--region", *REGIONS]
    theirs += ["--output-formats", "json-ocsf", "--output-directory", scratch / "prowler", "--no-banner"]

    emulator = Emulator(options.latency)
    try:
        measured = {}
        for _ in range(options.runs):
            measured.setdefault("palisade", []).append(measure(emulator, "palisade", ours))
        if not options.without_prowler:
            measured["prowler"] = [measure(emulator, "prowler", theirs)]
    finally:
        emulator.end()
    best = {name: min(runs, key=lambda one: one[0].seconds) for name, runs in measured.items()}
    for name, (taken, requests) in best.items():
        print(f"{row(name, taken)} {requests:6} requests")
    if "prowler" in best:
        (ours, our_requests), (theirs, their_requests) = best["palisade"], best["prowler"]
        print(f"time:     {theirs.seconds / ours.seconds:.1f} times faster (aim: at least 15)")
        print(f"requests: {our_requests} (aim: under 3,000), {our_requests / their_requests:.2f} of the peer's")
        print(f"memory:   {ours.peak_bytes / theirs.peak_bytes:.3f} of the peer's (aim: at most 0.1)")


def measure(emulator, name, command):
    emulator.requests()
    environment = dict(emulator.environment, PYTHONWARNINGS="ignore")
    taken = run(command, environment)
    if taken.code not in CODES[name]:
        raise SystemExit(f"{name} ended with {taken.code}")
    return taken, emulator.requests()


if __name__ == "__main__":
    main()
