"""Rules of critical-path-coverage: what test runs did not do to critical code, one file each."""
