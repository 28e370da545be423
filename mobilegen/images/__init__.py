"""Photographs in, model inputs out; scores in, labels out: the Python reference."""
