"""The doors of staff: signing in, one's own account, the start page, people and duties, the
trail.
"""
