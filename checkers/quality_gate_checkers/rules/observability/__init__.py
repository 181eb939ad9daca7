"""QG4xx: whether people can see and understand what fails."""
