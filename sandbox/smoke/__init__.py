"""``make smoke``: the main job without a browser, checked against figures worked out apart from Dunlin."""
