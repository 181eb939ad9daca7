"""Rules that need the linked codebase; the commit stage does not even load them."""
