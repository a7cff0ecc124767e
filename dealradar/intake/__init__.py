"""How requests come in: a thread is given to one that is here whole, and to no client that makes us wait."""
