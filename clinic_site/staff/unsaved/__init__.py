"""Nothing typed is lost: what staff type is kept until it is saved, and offered back to whoever typed it."""
