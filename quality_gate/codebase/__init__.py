"""What the source of a whole project says."""
