"""The short road of an answer that is in the cache: from the bytes of a request's head to those of its answer.

What a request means is found by the ordinary road's own routes, parameters and policies, once for each target (ADR
0076); who shows a credential is learned from that road. After that it needs no Flask, no thread and no body from the
store, only that the store confirms, at this moment, that what is here still holds (ADR 0048). What isn't plain takes
the ordinary road, always.
"""
