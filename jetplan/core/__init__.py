"""The planning core: frozen data and pure functions. No I/O, clock, randomness, click, urllib3 or sqlite3."""
