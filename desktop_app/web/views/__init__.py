"""View models: what templates show, made from values; no handler, no service."""
