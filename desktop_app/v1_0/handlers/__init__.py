"""One module a noun; a handler reads the input, calls one service and writes the output."""
