"""Who scores the answers, one module a judge, and the statistics of their scores."""
