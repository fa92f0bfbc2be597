"""What each call does: it reads the request, asks or changes the state, and shows the outcome."""
