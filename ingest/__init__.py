"""How sessions come in: doors, dialects, raw batches, digest, imports."""
