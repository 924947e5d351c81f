"""What `rushlight demo` is made of.

`garments` draws the stand-in, `data` finds the real pictures or uses it, `work` is the
chapter's job, `pictures` and `page` show on the terminal what happened.
"""
