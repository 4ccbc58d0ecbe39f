"""A bare machine: a tree, a network and processes of its own, on which shipped files are used as they are."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
NAME = "www.clinic.example"
MAIL_PORT, TAKEN = 2525, "/root/mail.jsonl"
ACKNOWLEDGED = "/root/acknowledged"  # how many requests of a crowd
