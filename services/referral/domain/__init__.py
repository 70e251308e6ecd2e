"""What a case and its legs may do, and what follows: tables and pure functions."""
