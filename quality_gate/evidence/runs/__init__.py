"""What the project's own test runs left behind, and what follows from it."""
