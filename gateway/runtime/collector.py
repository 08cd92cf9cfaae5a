"""Python's collector of cycles, set for a process that makes many small values."""

import gc

# Values made until the collector looks for cycles among them; Python comes with 700. Nearly all
# of ours are frozen, form no cycles, and are gone with their message: a whole batch of messages
# stays below this, so that none of it is gone through for nothing.
_YOUNG = 50_000
_MIDDLE, _OLD = 20, 50


def settle() -> None:
    """Call once all is loaded: it stays, and the collector need not go through it again.

    That took a tenth of a second each time, with everybody waiting; and a tenth of what a
    message costs went into looking for cycles where there are none.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
