"""The page of one request: what it shows, what each button does, and what is said where two were at it."""
