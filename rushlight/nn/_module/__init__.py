"""The parts of Module, one file each: what it holds, its names, state, hooks."""
