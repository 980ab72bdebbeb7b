"""The figures' rules: pure functions, no clock, no table, no web."""
