"""What Coatcheck knows about providers, as data."""
