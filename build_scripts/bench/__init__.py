"""``dev.py bench``: what things cost, each as a multiple of something plain in the same run."""
