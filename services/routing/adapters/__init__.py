"""What routing has outside: the lease of the leader."""
