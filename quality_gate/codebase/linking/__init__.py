"""From facts of single files to calls between them: who calls whom, demand-driven, without importing the project."""
