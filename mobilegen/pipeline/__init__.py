"""The build graph: stages, their order, and the result folder."""
