"""Rules of asking: pure functions; time, keys and chance come in as arguments."""
