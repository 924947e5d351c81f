"""What torchvision gives for small inputs: `cases` says what is asked, `make` records.

The answers are in answers.json, in the order of the cases.
"""
