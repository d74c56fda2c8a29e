"""Which program is at the other end of a connection, as the operating system says."""
