"""One measured run in a process of its own.

`python -m tenglong.bench._evaluate_steps duckdb|spark|pandas SOURCE TARGET [trace]`
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any


def _peak() -> int:
    """Greatest resident memory in bytes: of this process or, where it is more, of a child (Spark's Java still runs)."""
    ended = 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max([ended, *map(_highest, _children())])


def _children() -> list[int]:
    """Processes that this one started."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(number) for one in found for number in one.read_text().split()]


def _highest(process: int) -> int:
    """Greatest resident memory of a process that runs; 0 when it has just ended."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("VmHWM:")), 0)


def _used() -> float:
    """Processor seconds of this process and of the children that still run."""
    found = time.process_time()
    for process in _children():
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def ours(backend: str, source: Path, target: Path, trace: bool) -> float:
    """Seconds with everything: compiling, reading, writing. Spark's start is not counted; it is printed apart."""
    from tenglong import engine
    from tenglong.bench._evaluate_scheme import scheme

    compiled = scheme()
    if backend == "spark":
        from tenglong.engine.spark import spark_session

        spark_session(threads=2, memory="3g")
    start = time.perf_counter()
    options: dict[str, Any] = {"backend": backend, "threads": 2, "memory": "1500MB", "trace": trace}
    engine.evaluate_parquet(compiled, source, target, **options)
    return time.perf_counter() - start


def pandas(source: Path, target: Path, trace: bool) -> float:
    import pyarrow as pa

    pa.set_cpu_count(2)
    from tenglong.bench import _evaluate_pandas

    start = time.perf_counter()
    _evaluate_pandas.run(source, target, trace)
    return time.perf_counter() - start


def main(words: list[str]) -> None:
    source, target = Path(words[1]), Path(words[2])
    started = time.perf_counter()
    trace = "trace" in words[3:]
    seconds = pandas(source, target, trace) if words[0] == "pandas" else ours(words[0], source, target, trace)
    whole = time.perf_counter() - started
    used = _used()
    told = {"seconds": seconds, "whole": whole, "peak": _peak(), "cpu": used}
    print(json.dumps(told), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1:])
