"""What the teacher, the rules of curation and the rubric know about English."""
