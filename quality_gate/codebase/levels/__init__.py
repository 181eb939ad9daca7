"""How far tests show failure paths: what the evidence saw of each, and what the tests that saw it check.

`checks` holds the nouns of what one file of test code checks, `reading` reads it; `oracles` answers for a test whether
anything was checked after a failure; `sightings` and `lines` find which tests made a path happen, with a recorder of
exceptions and without; `levels` puts a level to each path.
"""
