"""Every picture that insight draws: SVG with presentation attributes (no script, no inline style), each with the table of what it shows."""
