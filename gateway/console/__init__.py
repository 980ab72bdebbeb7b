"""Pages for people: the landing page, the problem pages and GraphiQL, all from this host alone."""
