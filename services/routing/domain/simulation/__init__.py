"""A day played through the engine: scenarios, the simulator and its figures."""
