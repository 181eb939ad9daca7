"""What two versions of a project's policy ask, and which of them asks more."""
