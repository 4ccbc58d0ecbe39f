"""A treatment's guide as a folder of text files (treatments/content/README.md): its shape, reading it, writing it."""
