"""The gateway's only way to ask the services: one typed client each, over a call in process or over HTTP."""
