"""The official schema of SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import distribution
from pathlib import Path

import jsonschema_rs

DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""Of errata 01, as other projects that keep a copy have written it down too."""


def official() -> dict[str, object]:
    """The schema as OASIS publishes it; it comes with a package of the test group and is not kept here."""
    held = Path(distribution("linceo").locate_file("linceo/data/sarif-schema-2.1.0.json")).read_bytes()
    assert hashlib.sha256(held).hexdigest() == DIGEST, "not the schema that OASIS publishes (errata 01)"
    schema = json.loads(held)
    assert schema["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    return schema


VALIDATOR = jsonschema_rs.validator_for(official())
