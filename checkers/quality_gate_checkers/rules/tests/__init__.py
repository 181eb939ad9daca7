"""Tests: do they check, wait, leak, or sleep in a drawer."""
