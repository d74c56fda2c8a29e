"""What a terminal or another program runs; it reaches Coatcheck only through its API."""
