"""The doors of townships: the area tree, and the yearly tasks with their quotas."""
