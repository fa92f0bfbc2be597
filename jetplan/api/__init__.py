"""The Jet API over HTTP: the records, the transport, and the verdict on each request. Decides nothing about plans."""
