"""The rules of routing: pure functions over levels, seconds and states."""
