"""The contract of a host, and a client that holds the running host to it over SMTP."""
