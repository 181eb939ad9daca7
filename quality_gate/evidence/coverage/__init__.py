"""Coverage that other tools measured, in their own formats."""
