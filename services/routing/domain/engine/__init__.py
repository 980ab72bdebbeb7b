"""The matching engine: in memory, without a clock of its own, deterministic. Time comes in as seconds, decisions go out as values."""
