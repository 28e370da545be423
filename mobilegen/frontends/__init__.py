"""Source formats become a `Graph`: one module each."""
