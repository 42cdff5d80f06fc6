#!/usr/bin/env python3
"""Searches the same generated account with Palisade and with PMapper, one after the other, and prints both times.

    python3 crates/facts/benches/beside_pmapper.py [PRINCIPALS …]

PMapper (`principalmapper` on PyPI) comes from the registry into a virtual environment under `target`. It was written
for a Python in which `collections` still had the abstract classes, which are put back here. It reads no files, so it
gets the account from a stand-in for the client of IAM, and looks for edges without calls to AWS, as it does for
accounts that it only simulates. Where it cannot run, this says why and prints Palisade's time alone.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

REQUIREMENTS = ["principalmapper==1.1.5", "botocore==1.44.5"]
SIZES = [30, 100]
# PMapper compares everybody with everybody; it is stopped after so many seconds.
LONGEST = 600
ROOT = Path(__file__).resolve().parents[3]
BENCH = ["cargo", "bench", "--quiet", "-p", "palisade-facts", "--bench", "escalations", "--"]


def environment() -> Path:
    """The Python that has PMapper, installed on first use."""
    folder = ROOT / "target" / "pmapper-venv"
    python = folder / "bin" / "python"
    done = folder / "installed"
    wanted = "\n".join(REQUIREMENTS)
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS]
        subprocess.run(install, check=True)
        done.write_text(wanted)
    return python


class Account:
    """Answers what PMapper asks IAM, from authorization details."""

    def __init__(self, details: dict):
        self.details = details

    def get_paginator(self, operation: str):
        pages = {"get_account_authorization_details": self.details, "list_virtual_mfa_devices": {"VirtualMFADevices": []}}

        class Paginator:
            def paginate(self, **_):
                return [pages[operation]]

        return Paginator()

    def list_access_keys(self, **_):
        return {"AccessKeyMetadata": []}

    def list_mfa_devices(self, **_):
        return {"MFADevices": []}

    def get_login_profile(self, **_):
        from botocore.exceptions import ClientError

        raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": "no password"}}, "GetLoginProfile")


def search(details: dict) -> None:
    """Searches with PMapper and prints the seconds and what it found; runs in its own environment."""
    import collections
    import collections.abc

    for name in ("Mapping", "MutableMapping"):
        setattr(collections, name, getattr(collections.abc, name))
    from principalmapper.common import Graph
    from principalmapper.graphing import edge_identification, gathering
    from principalmapper.querying.presets.privesc import can_privesc

    start = time.perf_counter()
    found = gathering.get_nodes_groups_and_policies(Account(details))
    nodes = found["nodes"]
    gathering.update_admin_status(nodes)
    edges = edge_identification.obtain_edges(None, list(edge_identification.checker_map), nodes)
    metadata = {"account_id": "111122223333", "pmapper_version": "1.1.5"}
    graph = Graph(nodes, edges, found["policies"], found["groups"], metadata)
    reaching = sum(1 for node in nodes if not node.is_admin and can_privesc(graph, node)[0])
    seconds = time.perf_counter() - start
    admins = sum(1 for node in nodes if node.is_admin)
    print(f"{seconds:9.2f} s  {admins} administrators, {reaching} can become one, {len(edges)} edges")


def main() -> None:
    if sys.argv[1:] == ["--search"]:
        search(json.load(sys.stdin))
        return
    try:
        python = environment()
    except (OSError, subprocess.CalledProcessError) as error:
        python = None
        print(f"PMapper cannot be installed: {error}")
    for size in [int(one) for one in sys.argv[1:]] or SIZES:
        print(f"{size} principals", flush=True)
        print("  Palisade (columns as in the benchmark)", flush=True)
        subprocess.run([*BENCH, "--one", str(size)], cwd=ROOT, check=True)
        if python is None:
            continue
        printed = subprocess.run([*BENCH, "--print", str(size)], cwd=ROOT, check=True, capture_output=True)
        command = [str(python), __file__, "--search"]
        try:
            ended = subprocess.run(command, input=printed.stdout, capture_output=True, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            print(f"  PMapper    not done after {LONGEST} s")
            continue
        if ended.returncode == 0:
            print(f"  PMapper  {ended.stdout.decode().rstrip()}")
        else:
            print(f"  PMapper cannot run: {ended.stderr.decode().strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
