"""The command diff: two configurations of one host, and what deploying one over the other does."""
