"""The engine: arrays and strings in, arrays and plain records out. It knows no Django."""
