"""Who scores the answers: the protocol, the judges and their checks, people's labels, and the statistics."""
