"""The sealed TinyDB store: a journal on disk, documents in memory, profiles on top."""
