"""What Postfix means: the language of its files, and what it knows of its own parameters."""
