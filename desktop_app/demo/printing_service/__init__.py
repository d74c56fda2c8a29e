"""The printing service: another program, which is lent the photos and nothing else.

It knows nothing of Coatcheck: standard library and Pillow alone. Whoever starts it writes
``{"access_token", "photos_url", "output"}`` to its standard input, never to its arguments,
which other users of the machine can read.
"""
