"""Tests of the rules between keys: each is said at the line that has to change."""
