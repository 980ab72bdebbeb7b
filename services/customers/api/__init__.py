"""The REST doors of customers."""
