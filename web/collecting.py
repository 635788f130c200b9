"""The garbage collector of a process that serves: what it made at its start lives as long as itself."""

import gc

#: New containers after which the young ones are looked through; one request makes a few thousand, nearly all gone at its end.
YOUNG = 20_000


def settle() -> None:
    """Look through everything once, then never again at what is alive now. Called when a process is ready to serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
