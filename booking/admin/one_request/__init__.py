"""The page of one request: what it shows, and what is done on it beside the steps of actions.py."""
