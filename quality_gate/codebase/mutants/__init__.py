"""Mutants of failure paths: one small change each, after which the failure is not dealt with as before.

If no test fails with it, no test shows what happens when this goes wrong.
"""
