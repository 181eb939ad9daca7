"""Questions that several rules ask of the same piece of code, answered once.

Rules never import rules; what two of them need stands here, above the catalogue of dependencies and below the rules.
"""
