"""The guard on free text."""
