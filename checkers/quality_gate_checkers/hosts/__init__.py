"""The hosts: the only files that know flake8 and pylint."""
