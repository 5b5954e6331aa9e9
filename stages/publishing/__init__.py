"""The data set and the models as the Hugging Face Hub lays them out, in a folder or in its repositories."""
