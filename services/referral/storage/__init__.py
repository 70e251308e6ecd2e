"""What the referral service keeps, and every question it asks of it."""
