"""QG1xx: how failures are handled."""
