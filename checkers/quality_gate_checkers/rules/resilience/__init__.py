"""QG2xx: what happens when something else is slow or gone."""
