"""The rules of curation, one per module: a pure function from an example to the evidence against it, or None."""
