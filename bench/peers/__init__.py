"""What a county could use instead of the portal, each a small program of its own.

All read the same file and the same registry, and all must post exactly the rows that the oracle
posts. None has sealed numbers, kept cells, history, progress, exceptions or pages.
"""
