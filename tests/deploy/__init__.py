"""What runs on the mail host."""
