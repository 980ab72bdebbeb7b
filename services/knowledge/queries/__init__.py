"""Reads that are larger than a look-up."""
