"""How long ``render`` takes, beside the least that a script would do: python -m tests.bench.

Both are whole processes, start of the interpreter included, that render the same profiles into a
fresh folder. They take turns, and the ratio is that of neighbours: a machine that becomes slower
does so for both. What is compared is processor time, which other processes disturb less than time
by the clock; the folder is in memory where there is one, since a disk differs from run to run.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  made by mkdtemp
SHIPPED = ROOT / "profiles" / "mail.example.com.yaml"


def seconds(words: Sequence[str], cache: Path | None = None) -> float:
    """Return the processor time of a Python process; CalledProcessError when it fails.

    ``cache`` is where the tool keeps compiled templates, if not at its usual place.
    """
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    if cache:
        env["XDG_CACHE_HOME"] = str(cache)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], env=env, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_profiles(folder: Path, hosts: int) -> None:
    """Write profiles like the shipped reference host, each under a hostname of its own."""
    folder.mkdir()
    text = SHIPPED.read_text(encoding="utf-8")
    for number in range(hosts):
        host = f"host{number:04}.example.com"
        (folder / f"{host}.yaml").write_text(text.replace("mail.example.com", host))


def compare(folder: Path, hosts: int, runs: int, *, first: bool) -> tuple[float, float, float]:
    """Return the median seconds of the tool and of the script, and the median of their ratios.

    ``first``: each run of the tool is the first of its user, who has no compiled templates yet.
    """
    folder = folder / f"{hosts}-{'first' if first else 'daily'}"
    folder.mkdir()
    profiles = folder / "profiles"
    write_profiles(profiles, hosts)
    tool, script = [], []
    for run in range(runs + 1):  # the first pair warms the caches of the machine
        output = folder / f"out-{run}"
        cache = folder / (f"cache-{run}" if first else "cache")
        tool.append(
            seconds(
                [
                    "-m",
                    "postfix_profiles",
                    "render",
                    *("--profiles", str(profiles), "--templates", str(TEMPLATES)),
                    *("--output", f"{output}-tool"),
                ],
                cache,
            )
        )
        script.append(
            seconds(
                ["-m", "tests.bench_minimal", str(profiles), str(TEMPLATES), f"{output}-script"]
            )
        )
    ratios = [one / other for one, other in zip(tool, script, strict=True)]
    return (
        statistics.median(tool[1:]),
        statistics.median(script[1:]),
        statistics.median(ratios[1:]),
    )


def main() -> None:
    """Print a line for each number of profiles, and what the small commands take."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="pairs of runs (7)")
    runs = parser.parse_args().runs
    print("profiles              render   minimal script   ratio")
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        for hosts, first in ((1, True), (1, False), (100, False), (1000, False)):
            some = runs if hosts < 1000 else min(runs, 3)
            tool, script, ratio = compare(folder, hosts, some, first=first)
            label = f"{hosts}, first run" if first else str(hosts)
            print(f"{label:<20} {tool:6.3f} s  {script:13.3f} s  {ratio:6.2f}", flush=True)
    for words in (["-c", "pass"], ["-m", "postfix_profiles", "--help"]):
        median = statistics.median(seconds(words) for _ in range(runs))
        print(f"{median:6.3f} s  python {' '.join(words)}", flush=True)


if __name__ == "__main__":
    main()
