"""Rules of failure-scenarios: what can fail, and no test says what happens then; one file each."""
