"""The REST doors of the knowledge service."""
