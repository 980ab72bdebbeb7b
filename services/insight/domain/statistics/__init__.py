"""The statistics behind the figures: pure functions on numpy and scipy, each checked in tests against an independent implementation."""
