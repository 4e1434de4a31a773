"""A made-up county for showing, testing and measuring the portal.

Nobody here is real: identity numbers use the unassigned prefix 9901xx, phones the unassigned
154, bank accounts a made-up prefix. The same seed gives the same county, byte for byte.
"""
