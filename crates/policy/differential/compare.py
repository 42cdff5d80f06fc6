#!/usr/bin/env python3
"""Has two engines decide the same cases and prints where they differ. See README.md."""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from generate import Generator
from generate_services import ServiceGenerator
from generate_wide import WideGenerator
from settled import rewritten

HERE = pathlib.Path(__file__).resolve().parent
GENERATORS = {"plain": Generator, "wide": WideGenerator, "services": ServiceGenerator}


def run(command, cases):
    with tempfile.NamedTemporaryFile("w+", suffix=".jsonl") as file:
        file.writelines(json.dumps(case) + "\n" for case in cases)
        file.seek(0)
        output = subprocess.run(command, cwd=HERE, stdin=file, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def without_ignored(case, keys):
    """The case without the context keys that the other engine leaves out, as its tables do not list them."""
    dropped = {key.lower() for key in keys}
    context = {key: value for key, value in case["request"]["context"].items() if key.lower() not in dropped}
    return {**case, "request": {**case["request"], "context": context}}


def decide(arguments, cases):
    """Both answers to each case, and the case as it was asked: without the keys that the other engine ignores."""
    theirs = run(["node", "peer.mjs"], cases)
    asked = [without_ignored(case, answer.get("ignored", [])) for case, answer in zip(cases, theirs, strict=True)]
    ours = run([arguments.ours], asked)
    return list(zip(asked, ours, theirs, strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000, help="how many cases to make")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same cases")
    parser.add_argument("--kind", choices=GENERATORS, default="plain", help="which cases to make")
    parser.add_argument("--file", type=pathlib.Path, help="cases to use instead of made ones")
    parser.add_argument("--ours", default="../../../target/release/examples/simulate", help="our program")
    parser.add_argument("--show", choices=["open", "settled"], help="print these cases, as they were and rewritten")
    arguments = parser.parse_args()

    if arguments.file:
        cases = [json.loads(line) for line in arguments.file.read_text().splitlines()]
    else:
        generator = GENERATORS[arguments.kind](arguments.seed)
        cases = [generator.case(number) for number in range(arguments.cases)]

    counts = collections.Counter(agreed=0, open=0)
    disputed = []
    for case, our, their in decide(arguments, cases):
        if "error" in their:
            counts["refused by the other engine"] += 1
        elif our.get("decision") == their["decision"]:
            counts["agreed"] += 1
        else:
            disputed.append((case, our, their, *rewritten(case, our.get("decision"))))

    again = decide(arguments, [case for *_, case, _ in disputed])
    kinds = collections.Counter()
    for (case, our, their, plain, changed), (_, our_again, their_again) in zip(disputed, again, strict=True):
        is_settled = our.get("decision") == our_again.get("decision") == their_again.get("decision")
        counts["settled" if is_settled else "open"] += 1
        if is_settled:
            kinds[" + ".join(changed)] += 1
        else:
            print(f"{case['id']}: ours {our.get('decision', our)}, theirs {their['decision']}, rewritten ours {our_again.get('decision')}, theirs {their_again.get('decision', their_again)}")
        if arguments.show == ("settled" if is_settled else "open"):
            print(json.dumps({"case": case, "ours": our, "theirs": their, "rewritten": plain, "changed": changed}))
    for kind, count in kinds.most_common():
        print(f"{count:>7}  {kind}")
    print(dict(counts))
    return 1 if counts["open"] else 0


if __name__ == "__main__":
    sys.exit(main())
