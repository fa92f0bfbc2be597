"""The command line: one file a command, loaded when it is asked for, and one boundary for errors."""
