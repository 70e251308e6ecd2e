"""What a consultation, an activity and a figure are, and which of them can be taken."""
