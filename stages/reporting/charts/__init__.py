"""The report's pictures, one or two a file."""
