"""What a host and its workers say to each other, the same for both engines.

`frames` are the bytes, `channel` sends and awaits them. `conversation` asks one guest
and answers its questions; `replies` reads what a worker says of a guest, and makes an
outcome of it.
"""
