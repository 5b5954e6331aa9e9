"""Running a stage's work on Daft, on one machine or on a Ray cluster, in steps that a killed run doesn't repeat."""
