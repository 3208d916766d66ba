"""Letters that a person prints and posts: what is on them, and the task that is closed when they are in the post."""
