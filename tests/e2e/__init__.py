"""Live tests: real Postfix releases, in throw-away mail hosts."""
