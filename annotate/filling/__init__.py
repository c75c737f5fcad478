"""Settled sessions into the queues they match, once ever, in an order that learns.

A queue holds a random sample of its filter (`drawing`) and what is ranked (`scoring`). `due` says when there is
something to do, `passes` does it, `writing` writes it.
"""

from annotate.filling.defaults import DEFAULT_QUEUE, ensure_default_queues, make_default_queue
from annotate.filling.passes import fill_queue, fill_queues

__all__ = ["DEFAULT_QUEUE", "ensure_default_queues", "fill_queue", "fill_queues", "make_default_queue"]
