"""What the metrics service keeps, and every question it asks of it."""
