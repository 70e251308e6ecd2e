"""What the metrics service does: count events, show indicators."""
