"""What everything was measured on, in one sentence that can stand above a table."""

import os
import platform

import psutil

from bench import databases

GIGABYTE = 1024**3


def machine():
    """Return the processor, memory, system, and the versions of PostgreSQL and Python."""
    version, forces_writes = databases.version()
    memory = psutil.virtual_memory().total / GIGABYTE
    return (
        f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GB of memory,"
        f" {platform.system()} {platform.release()}, PostgreSQL {version}"
        f" (fsync {forces_writes}), Python {platform.python_version()};"
        f" load before the run {os.getloadavg()[0]:.1f}."
    )


def _processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
