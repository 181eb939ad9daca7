"""The shop's payment service."""
