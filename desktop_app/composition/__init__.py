"""The parts of the composition root; nobody but ``app`` and ``start`` may use them."""
