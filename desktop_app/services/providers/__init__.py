"""The providers that a person can sign in to, and the clients that they know us by."""
