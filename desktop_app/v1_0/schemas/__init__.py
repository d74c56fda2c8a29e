"""The API's bodies as types: what comes in is checked by them, what goes out is made of them."""
