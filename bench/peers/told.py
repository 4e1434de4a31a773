"""What every peer prints last: its seconds by step, its memory, and what it posted."""

import hashlib
import json
import resource

# The county's campaign runs until the end of April 2021.
TODAY = "2021-05-01"


def tell(seconds, posted, **more):
    """Print how long each step took and which rows of the sheet were posted."""
    told = {
        "seconds": sum(seconds.values()),
        "steps": seconds,
        "worker_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "posted": len(posted),
        "posted_rows": hash_of_rows(posted),
    }
    print(json.dumps(told | more))


def hash_of_rows(numbers):
    """Return what two programs that post the same rows of the sheet agree on."""
    return hashlib.sha256(" ".join(map(str, sorted(numbers))).encode()).hexdigest()
