"""What a parameter does to the results: experiments with several values of it, each with several seeds."""
