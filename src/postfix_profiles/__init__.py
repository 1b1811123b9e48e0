"""Postfix configuration as code: a short profile in, a complete main.cf and master.cf out."""
