"""What agents did: sessions, steps, scores, signals and their detectors."""
