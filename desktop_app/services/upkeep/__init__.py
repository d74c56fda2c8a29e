"""What ends when, and what is renewed ahead of its end."""
