"""The team's own linters: how they are run, and how what they say is read."""
