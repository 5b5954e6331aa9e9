"""A teacher without a model: it reads a page's sentences and asks about them by grammar patterns."""
