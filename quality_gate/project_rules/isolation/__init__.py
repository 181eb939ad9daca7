"""Rules of the practice isolated-tests: what tests were seen to touch."""
