"""Formats, one file each: a Report as text of some kind."""
