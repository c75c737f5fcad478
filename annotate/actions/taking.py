"""What a reviewer is given next: the one place that decides it, for whoever leads them on."""

from accounts.models import User
from annotate.actions.mixing import mix_in
from annotate.claims import take_following, take_next
from annotate.models import Queue, Slot


def next_for(*, queue: Queue, user: User) -> Slot | None:
    """Leases the person's next session of the queue; None when nothing is left for them, or the queue is closed."""
    if not queue.is_open:
        return None
    mix_in(queue=queue, user=user)
    return take_next(queue=queue, user=user)


def following_for(*, queue: Queue, user: User, besides: Slot) -> Slot | None:
    """The same for what comes after `besides`, which they have open: it is kept ready."""
    if not queue.is_open:
        return None
    mix_in(queue=queue, user=user, besides=besides)
    return take_following(queue=queue, user=user, besides=besides)
