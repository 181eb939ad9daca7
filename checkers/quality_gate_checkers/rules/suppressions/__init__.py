"""QG6xx: what is switched off, and why."""
