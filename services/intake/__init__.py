"""A form becomes a consultation, an activity or a reported figure."""
