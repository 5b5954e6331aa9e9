"""What people chose on the label page, and how far the judge agrees with them."""
