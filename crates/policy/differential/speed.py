#!/usr/bin/env python3
"""Times `palisade simulate` and the other engine on one file of cases, one after the other, three times each.

Reading, deciding and printing count on both sides; starting the program does too. Needs `cargo build --release -p
palisade-cli` and `npm install --ignore-scripts`. Prints cases per second and the ratio of the best runs.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

from generate import Generator

HERE = pathlib.Path(__file__).resolve().parent


def seconds(command, path):
    begin = time.perf_counter()
    with open(path) as cases:
        subprocess.run(command, cwd=HERE, stdin=cases, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000, help="how many cases to make")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same cases")
    parser.add_argument("--ours", default="../../../target/release/palisade", help="our program")
    arguments = parser.parse_args()

    generator = Generator(arguments.seed)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(generator.case(number)) + "\n" for number in range(arguments.cases))
        file.flush()
        commands = {"palisade simulate": [arguments.ours, "simulate", "-"], "the other engine": ["node", "peer.mjs"]}
        best = {name: min(seconds(command, file.name) for _ in range(3)) for name, command in commands.items()}
    for name, time_taken in best.items():
        print(f"{name:20} {arguments.cases / time_taken:>10,.0f} cases/s  {time_taken:.2f} s")
    print(f"ratio {best['the other engine'] / best['palisade simulate']:.1f}")


if __name__ == "__main__":
    main()
