"""What jetplan is held against: small programs that do one thing the plain way, each run as a process of its own."""
