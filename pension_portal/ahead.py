"""Work out the next while one is used: reading a file and writing to the database take turns
otherwise.
"""

from concurrent.futures import ThreadPoolExecutor


def one_ahead(items):
    """Yield what an iterator gives; the next is worked out in a thread while one is used.

    The thread must not ask the database: it would open a connection of its own.
    """
    items = iter(items)
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item
