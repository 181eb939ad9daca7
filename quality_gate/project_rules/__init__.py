"""Rules that need the linked codebase, evidence or the change, one file each."""
