"""Which failures look alike: the engine, embeddings and runs. It proposes, never decides."""
