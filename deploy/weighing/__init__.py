"""Weigh an installation: what its settings say, and what its servers show inside."""
