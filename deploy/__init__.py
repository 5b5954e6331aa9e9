"""What runs the pipeline, or its models, on other machines."""
