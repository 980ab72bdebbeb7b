"""The door of the house: proves who asks, and hands the request on to the service it is for."""
