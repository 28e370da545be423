"""The canonical form of a model: load, fix shapes, simplify, compute the reference."""
