"""Runs a command and says what it took."""

import os
import time
from dataclasses import dataclass


@dataclass
class Taken:
    """What one run of a command took."""

    seconds: float  # by the clock
    cpu_seconds: float  # of all threads, user and system
    peak_bytes: int  # the most memory that was resident
    code: int  # the exit code


def run(command, environment=None, output=os.devnull):
    """Runs a command to its end; what it prints goes to the file `output`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    begin = time.monotonic()
    child = os.posix_spawnp(
        command[0],
        [str(word) for word in command],
        os.environ if environment is None else environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - begin
    code = os.waitstatus_to_exitcode(status)
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, code)


def row(name, taken):
    """One line about a run."""
    return (
        f"{name:<24} {taken.seconds:8.2f} s {taken.cpu_seconds:8.2f} s of CPU"
        f" {taken.peak_bytes / 1e6:8.1f} MB at most"
    )
