"""The accounts, and what providers say about the people behind them."""
