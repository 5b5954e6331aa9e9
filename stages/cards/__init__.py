"""The data card and the model cards, in the Hugging Face format."""
