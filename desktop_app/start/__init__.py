"""The ways to start Coatcheck: in a window, in a browser, without either, as a demonstration."""
