"""Draws the whole story: which sessions, when, on which release, and which of them fail how."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.ground_truth import IN_NEW_RELEASE, OFTEN, SESSIONS, GroundTruth, Mode
from demo.story.account_changes import ask_for_points, change_address, change_email
from demo.story.orders import ask_about_goods, change_delivery, track
from demo.story.refunds import exchange, refund
from demo.story.talk import Call, Talk, Turn, make_order, make_person

OLD_RELEASE, NEW_RELEASE = "1.4.0", "1.5.0"
DAYS = 14
NEW_SINCE_DAYS = 6
ORDERS, REFUNDS, ACCOUNTS = "order support", "refunds", "account changes"

Scene = Callable[[Talk], None]
SCENES: dict[str, tuple[Scene, ...]] = {
    ORDERS: (track, change_delivery, ask_about_goods),
    REFUNDS: (refund, refund, exchange),
    ACCOUNTS: (change_email, change_address, ask_for_points),
}
WORKFLOW_OF = {scene: workflow for workflow, scenes in SCENES.items() for scene in scenes}
SCENES_OF: dict[Mode, tuple[Scene, ...]] = {
    Mode.EXPIRED_TOKEN: (refund, refund, change_delivery, change_address),
    Mode.REFUND_OVER_POLICY: (refund,),
    Mode.FORGOT_CONSTRAINT: (change_delivery, exchange),
    Mode.LOOP: (track,),
    Mode.SCHEMA_DRIFT: (refund,),
    Mode.TIMEOUT_HIDDEN: (track, ask_for_points),
    Mode.WRONG_CUSTOMER: (track, change_address, ask_for_points),
    Mode.SKIPPED_IDENTITY: (change_email,),
    Mode.EMPTY_SEARCH: (ask_about_goods,),
    Mode.STALE_PRICE: (ask_about_goods,),
    Mode.GAVE_UP: (exchange,),
    Mode.LEAKED_DATA: (track,),
}


@dataclass(frozen=True)
class AgentRun:
    """One made-up session, before it is put into spans."""

    external_id: str
    workflow: str
    release: str
    customer: str
    started_at: datetime
    events: tuple[Turn | Call, ...]
    truth: GroundTruth | None

    def span_id(self, position: int) -> str:
        """The 16 hex digits of the span that carries event number `position`."""
        return digest(self.external_id, "span", str(position))[:16]

    def root_id(self, number: int) -> str:
        """The span id of the agent in trace `number`; there is one trace for each message of the user."""
        return digest(self.external_id, "root", str(number))[:16]

    def step_key(self, position: int) -> str:
        """The key of the step in which a reader meets event `position`. A trace's answer is its agent's."""
        if isinstance(self.events[position], Call):
            return self.span_id(position)
        asked = [event for event in self.events[: position + 1] if isinstance(event, Turn) and event.who == "user"]
        return self.root_id(len(asked) - 1)


def digest(*parts: str) -> str:
    """A stable hash, in hex."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def chance(*parts: str) -> float:
    """A number in [0, 1), always the same for the same words."""
    return int(digest("chance", *parts)[:8], 16) / 16**8


def pick(several: Sequence[str], *parts: str) -> str:
    """One of them, always the same for the same words."""
    return several[int(chance(*parts) * len(several))]


def external_id(seed: int, number: int) -> str:
    """The name under which session `number` of the story is sent."""
    return f"harbor-{digest(str(seed), str(number))[:10]}"


def tell(*, seed: int, now: datetime, count: int = SESSIONS) -> list[AgentRun]:
    """`count` sessions of the two weeks before `now`, oldest first. The first `count` seeds decide everything."""
    rng = random.Random(seed)
    slips: list[Mode | None] = [mode for mode, often in OFTEN.items() for _ in range(often)]
    slips += [None] * (SESSIONS - len(slips))
    rng.shuffle(slips)
    runs = [_run(seed, number, slip, now) for number, slip in enumerate(slips[:count])]
    return sorted(runs, key=lambda run: run.started_at)


def _run(seed: int, number: int, slip: Mode | None, now: datetime) -> AgentRun:
    rng = random.Random(f"{seed}/{number}")
    scene = rng.choice(SCENES_OF[slip] if slip else SCENES[rng.choice(tuple(SCENES))])
    days_ago = _days_ago(rng, slip)
    talk = Talk(rng, slip, make_person(rng), make_order(rng))
    scene(talk)
    run = AgentRun(
        external_id=external_id(seed, number),
        workflow=WORKFLOW_OF[scene],
        release=NEW_RELEASE if days_ago < NEW_SINCE_DAYS else OLD_RELEASE,
        customer=talk.person.number,
        started_at=now - timedelta(days=days_ago),
        events=tuple(talk.events),
        truth=None,
    )
    return run if slip is None else _with_truth(run, slip, talk)


def _days_ago(rng: random.Random, slip: Mode | None) -> float:
    """Days before now, with a bias to the release in which the slip is at home. Never in the last ten minutes."""
    share = IN_NEW_RELEASE.get(slip, NEW_SINCE_DAYS / DAYS) if slip else NEW_SINCE_DAYS / DAYS
    low, high = (0.007, NEW_SINCE_DAYS) if rng.random() < share else (NEW_SINCE_DAYS, DAYS)
    return rng.uniform(low, high)


def _with_truth(run: AgentRun, mode: Mode, talk: Talk) -> AgentRun:
    root, surfaced = run.step_key(talk.root), run.step_key(talk.surfaced)
    truth = GroundTruth(mode, root, surfaced, talk.note, talk.expected, talk.wordings)
    return AgentRun(**{**run.__dict__, "truth": truth})
