"""Times a model and each of its layers, on this computer or on a phone."""
