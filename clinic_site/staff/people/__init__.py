"""Who works here: what a manager sees of each, and what they change."""
