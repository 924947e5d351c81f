"""What `rushlight check` knows: the torch names that a program uses, and which exist."""
