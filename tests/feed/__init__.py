"""The public feed: every file says the same as the release, and nothing more."""
