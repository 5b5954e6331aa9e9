"""How the bundled base model was made: text written by code, a vocabulary, training, measures. Its own DVC pipeline."""
