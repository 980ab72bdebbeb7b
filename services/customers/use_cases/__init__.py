"""What customers does, one verb a file."""
