"""Pages of ingest: one module per group of pages."""
