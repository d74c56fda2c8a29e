"""Makes the packaged program: one folder that needs no Python on the machine."""
