"""What the intake service keeps, and every question it asks of it."""
