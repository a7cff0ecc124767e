"""The short road of an answer that is in the cache: from the bytes of a request's head to those of its answer.

What a request means is learned from the ordinary road, which it takes the first time. After that it needs no Flask, no
thread and no body from the store, only that the store confirms, at this moment, that what is here still holds (ADR
0048). What isn't plain takes the ordinary road, always.
"""
