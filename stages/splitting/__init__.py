"""The rules of curation, one a module: a pure function from an example to the evidence against it, or None."""
