"""The REST door of routing."""
