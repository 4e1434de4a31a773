"""What every peer prints last: its seconds by step, its memory, and what it posted."""

import json
import resource

from bench.ground import hash_of_rows


def tell(seconds, posted):
    """Print how long each step took and which rows of the sheet were posted."""
    print(
        json.dumps(
            {
                "seconds": sum(seconds.values()),
                "steps": seconds,
                "worker_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "posted": len(posted),
                "posted_rows": hash_of_rows(posted),
            }
        )
    )
