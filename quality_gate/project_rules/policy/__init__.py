"""Rules about what a change does to the policy that it is judged by."""
