"""What `rushlight run` does to a program: its torch imports come to mean Rushlight.

README.md in this folder tells how.  Nothing here imports a tensor or NumPy.
"""
