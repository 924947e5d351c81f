"""Floor 4, the compiler: from loops to machine code.  Start with README.md."""
