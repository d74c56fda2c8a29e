"""The built-in story: a photo sharing service, a printing service, and how they meet."""
