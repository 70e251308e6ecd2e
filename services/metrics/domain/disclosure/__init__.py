"""Disclosure control: what of a protected figure is published, so that nobody stands out."""
