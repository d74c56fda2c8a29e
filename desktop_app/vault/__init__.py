"""The data key: how it is made, wrapped by keyring, passphrase or key file, and held."""
