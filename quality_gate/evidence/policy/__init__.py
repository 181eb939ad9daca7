"""The policy that a change is judged by: what stands at the merge base, and what the change does to it."""
