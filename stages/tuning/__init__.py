"""What tuning may add to the examples: text of pages, against forgetting, and preferences between answers."""
