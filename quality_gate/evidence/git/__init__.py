"""What git knows: the change, the history, and files as commits have them."""
