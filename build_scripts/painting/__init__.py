"""The brushes and scenes of ``paint_photos.py``."""
