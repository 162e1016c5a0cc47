"""The abilities, each in a module of its own.

Not called `abilities`: the package would hide the hook of that name.
"""
