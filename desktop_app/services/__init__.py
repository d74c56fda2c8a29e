"""What Coatcheck does, without knowing who asks (web) or where things are kept (store)."""
