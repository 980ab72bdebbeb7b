"""Rules of who is who, how somebody stands to us, and what may be offered: pure functions, no clock, no storage."""
