"""Practices, one file each: what a team starts with, measures, and then expands from."""
