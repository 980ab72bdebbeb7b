"""What knowledge does: one verb a file."""
