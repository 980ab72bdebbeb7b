"""Every SQL statement of survey: `asking` for what it owns, `known` for its copies of what others told it."""
