"""The outside of the knowledge service: embedders."""
