"""Android: Java names and the generated project."""
