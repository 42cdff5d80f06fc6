#!/usr/bin/env python3
"""Has two engines decide the same cases and prints where they differ. See README.md."""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from generate import Generator
from generate_wide import WideGenerator

HERE = pathlib.Path(__file__).resolve().parent


def run(command, path):
    with open(path) as cases:
        output = subprocess.run(command, cwd=HERE, stdin=cases, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def settled(case, ours, theirs, rules):
    """The first rule that covers the disagreement: its test is a Python expression over the case and both answers."""
    request = case["request"]
    names = {
        "case": case,
        "request": request,
        "text": json.dumps(case),
        "kind": request["principal"].split(":")[-1].split("/")[0],
        "principal": request["principal"],
        "service": request["action"].split(":")[0].lower(),
        "ours": ours,
        "theirs": theirs,
    }
    return next((rule for rule in rules if eval(rule["when"], {"any": any, "len": len, "re": re}, names)), None)  # noqa: S307


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000, help="how many cases to make")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same cases")
    parser.add_argument("--wide", action="store_true", help="cases off the beaten track")
    parser.add_argument("--file", type=pathlib.Path, help="cases to use instead of made ones")
    parser.add_argument("--ours", default="../../../target/release/examples/simulate", help="our program")
    parser.add_argument("--show", action="store_true", help="print each case that differs")
    arguments = parser.parse_args()

    if arguments.file:
        cases = [json.loads(line) for line in arguments.file.read_text().splitlines()]
    else:
        generator = (WideGenerator if arguments.wide else Generator)(arguments.seed)
        cases = [generator.case(number) for number in range(arguments.cases)]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(case) + "\n" for case in cases)
        file.flush()
        ours = run([arguments.ours], file.name)
        theirs = run(["node", "peer.mjs"], file.name)

    rules = json.loads((HERE / "settled.json").read_text())
    counts = {"agreed": 0, "not comparable": 0, "settled": 0, "open": 0}
    for case, our, their in zip(cases, ours, theirs, strict=True):
        if "error" in their or their.get("ignored"):
            counts["not comparable"] += 1
        elif our.get("decision") == their["decision"]:
            counts["agreed"] += 1
        elif settled(case, our.get("decision"), their["decision"], rules):
            counts["settled"] += 1
        else:
            counts["open"] += 1
            print(f"{case['id']}: ours {our.get('decision', our)}, theirs {their['decision']}")
            if arguments.show:
                print(json.dumps(case), json.dumps(our.get("because")))
    print(counts)
    return 1 if counts["open"] else 0


if __name__ == "__main__":
    sys.exit(main())
