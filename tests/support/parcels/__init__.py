"""A tiny service that only the kit's own tests run: it sends parcels."""
