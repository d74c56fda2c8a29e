"""Version 1.0 of the HTTP API: the route table, the schemas and the handlers."""
