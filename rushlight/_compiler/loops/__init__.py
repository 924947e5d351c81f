"""The loop language: what a kernel does, one scalar at a time.

`ir` is the language, `printer` shows it, `checker` refuses what is ill-formed or leaves
its buffers, `interpreter` runs it slowly and is the oracle for compiled code.
"""
