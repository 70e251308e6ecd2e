"""What can be done with cases and legs: one file for each deed."""
