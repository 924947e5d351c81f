"""Loops to LLVM IR to machine code, by llvmlite; no compiler on the user's machine."""
