"""The pages of the window: each handler reads, asks one service, shows a view."""
