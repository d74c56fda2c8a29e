"""The window, the thread that serves it, the person's browser, one running program."""
