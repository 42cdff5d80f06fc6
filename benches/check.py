#!/usr/bin/env python3
"""How long `palisade check -f ndjson` takes on a large snapshot, and how much memory.

Makes a snapshot of 100,000 resources out of the example that ships, then measures, by turns, streaming each
line into its typed record, and judging it. Prints the size of the snapshot; of each of the two the best run: seconds
by the clock, seconds of CPU, peak memory; and three ratios: the time of judging to that of streaming (the aim is 4 at
most), the same in seconds of CPU, and the highest peak memory to the size of the file (2 at most).

    benches/check.py [--resources N] [--runs N] [-- FLAGS OF palisade check]
"""

import argparse
import subprocess
from pathlib import Path

from measure import row, run

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "target/release"
SMALL = ROOT / "fixtures/snapshots/example.jsonl"
LARGE = ROOT / "target/benches/large.jsonl"
# Complete, or with evidence that is missing.
JUDGED = (0, 4)


def cargo(*arguments):
    subprocess.run(["cargo", "build", "--release", "--locked", "-q", *arguments], cwd=ROOT, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("flags", nargs="*", help="flags for `palisade check`")
    options = parser.parse_args()

    cargo("-p", "palisade-cli")
    cargo("-p", "palisade-snapshot", "--examples")
    LARGE.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([BUILT / "examples/large_snapshot", SMALL, LARGE, str(options.resources)], check=True)

    stream = [BUILT / "examples/read_records", LARGE]
    check = [BUILT / "palisade", "check", "-f", "ndjson", *options.flags, LARGE]
    streamed, judged = [], []
    for _ in range(options.runs):
        streamed.append(run(stream))
        judged.append(run(check))
    for taken, allowed in [(streamed, (0,)), (judged, JUDGED)]:
        for one in taken:
            if one.code not in allowed:
                raise SystemExit(f"a command ended with {one.code}")

    least, best = (min(taken, key=lambda one: one.seconds) for taken in (streamed, judged))
    most = max(one.peak_bytes for one in judged)
    size = LARGE.stat().st_size
    print(f"{'snapshot':<24} {size / 1e6:8.1f} MB")
    print(row("stream typed records", least))
    print(row("check -f ndjson", best))
    print(f"time:   {best.seconds / least.seconds:.2f} times streaming (aim: at most 4)")
    print(f"CPU:    {best.cpu_seconds / least.cpu_seconds:.2f} times streaming")
    print(f"memory: {most / size:.2f} times the file (aim: at most 2)")


if __name__ == "__main__":
    main()
