"""What lies on the bench: one module a source, each read from disk or from a tool and handed on as values."""
