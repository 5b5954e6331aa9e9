"""Who writes the examples, one module or package a teacher."""
