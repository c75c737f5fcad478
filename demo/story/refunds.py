"""Refunds: money back, or another size."""

from demo.ground_truth import Mode
from demo.story.talk import Talk
from demo.story.words import HELLO, MOODS

POLICY_DAYS = 30
FAULTS = (
    "it leaks", "the zip broke on the first day", "it is the wrong colour", "it arrived scratched",
    "it is much smaller than I thought", "I changed my mind", "a seam came open", "there is a part missing",
)  # fmt: skip


def refund(talk: Talk) -> None:
    """I want my money back."""
    order, rng = talk.order, talk.rng
    days = rng.randint(38, 120) if talk.is_slip(Mode.REFUND_OVER_POLICY) else order.days_ago
    fault, hello, mood = rng.choice(FAULTS), rng.choice(HELLO), rng.choice(MOODS)
    talk.user(
        f"{hello}I would like to return the {order.item} ({order.number}), {fault}.{mood}",
        f"{hello}please refund order {order.number}: {fault}.{mood}",
        f"{hello}I want my money back for the {order.item}. {fault.capitalize()}. Order number {order.number}.{mood}",
        f"{hello}returning {order.number} because {fault}. How do I get the {order.price:.2f} EUR back?{mood}",
    )
    drifted = talk.is_slip(Mode.SCHEMA_DRIFT)
    amount = {"amount_cents": round(order.price * 100)} if drifted else {"amount_eur": order.price}
    talk.call(
        "get_order",
        {"order": order.number, "item": order.item, "days_since_delivery": days, **amount},
        number=order.number,
    )
    talk.call("get_policy", {"refund_within_days": POLICY_DAYS, "needs_photo": False}, topic="refunds")
    if talk.is_slip(Mode.EXPIRED_TOKEN):
        _claim_success(talk)
    elif drifted:
        _misread_cents(talk)
    elif talk.is_slip(Mode.REFUND_OVER_POLICY):
        _break_policy(talk, days)
    else:
        talk.call(
            "issue_refund",
            {"ok": True, "refund": f"RF-{rng.randint(1000, 9999)}"},
            order=order.number,
            amount_eur=order.price,
        )
        talk.agent(
            f"I have refunded {order.price:.2f} EUR. It reaches your account within five working days.",
            f"Your refund of {order.price:.2f} EUR for the {order.item} is on its way.",
        )
    talk.goodbye(0.6)


def _claim_success(talk: Talk) -> None:
    order = talk.order
    talk.call(
        "issue_refund", error="401 Unauthorized: access token expired", order=order.number, amount_eur=order.price
    )
    talk.went_wrong(
        "Refund call failed with an expired token, still the agent says that the money is on its way.",
        f"The agent claims that {order.price:.2f} EUR were refunded, although the payment tool answered 401.",
        "Claims success after an authentication error: token expired, no refund was made.",
        "The refund tool returned unauthorized (access token expired). Customer was told it is done.",
        "Hidden error. Token had expired, refund never happened, answer says it did.",
        expected="Say that the refund could not be made, and hand over to a colleague.",
    )
    talk.agent(
        f"Your refund of {order.price:.2f} EUR is on its way!",
        f"All done: {order.price:.2f} EUR will be back on your card in a few days.",
    )
    talk.showed()


def _misread_cents(talk: Talk) -> None:
    order = talk.order
    cents = round(order.price * 100)
    talk.call("issue_refund", {"ok": False, "reason": "amount above the limit"}, order=order.number, amount_eur=cents)
    talk.went_wrong(
        f"The order tool now answers in cents (amount_cents) and the agent read {cents} as euros.",
        f"Took amount_cents for euros: tried to refund {cents} EUR instead of {order.price:.2f}.",
        "Tool field changed from amount_eur to amount_cents and the amount is a hundred times too high.",
        "Misread the amount, cents treated as euros.",
        expected=f"Refund {order.price:.2f} EUR.",
    )
    talk.agent(f"I tried to refund {cents}.00 EUR, but that is above my limit. A colleague will take over.")
    talk.showed()


def _break_policy(talk: Talk, days: int) -> None:
    order = talk.order
    talk.call(
        "issue_refund",
        {"ok": True, "refund": f"RF-{talk.rng.randint(1000, 9999)}"},
        order=order.number,
        amount_eur=order.price,
    )
    talk.went_wrong(
        f"Refunded an order that is {days} days old. The policy it had just read says {POLICY_DAYS} days.",
        f"Refund outside of the return window ({days} days, allowed are {POLICY_DAYS}).",
        f"Policy broken: money back after {days} days although only {POLICY_DAYS} are allowed.",
        "Gave a refund that the return policy does not permit; too long since delivery.",
        expected="Decline politely and offer an exchange or a voucher.",
    )
    talk.agent(f"No problem! I have refunded {order.price:.2f} EUR to your card.", "Sure, your money is on its way.")
    talk.showed()


def exchange(talk: Talk) -> None:
    """Another size or colour, please."""
    order, rng = talk.order, talk.rng
    wanted, other = rng.sample(("blue", "green", "black", "red", "sand"), 2)
    hello, mood = rng.choice(HELLO), rng.choice(MOODS)
    talk.user(
        f"{hello}can I swap the {order.item} from {order.number} for a {wanted} one? It must be {wanted}.{mood}",
        f"{hello}I would like to exchange {order.number} for the same thing in {wanted}. Only {wanted} will do.{mood}",
    )
    talk.call("get_order", {"order": order.number, "item": order.item, "colour": other}, number=order.number)
    talk.call("check_stock", {"item": order.item, "colours": [wanted, other]}, item=order.item)
    if talk.is_slip(Mode.GAVE_UP):
        talk.agent("I will look into this and come back to you.", "Let me check that with the warehouse.")
        talk.went_wrong(
            "Gave up without doing the exchange: promised to come back and the session just ends there.",
            "Unfinished. It had everything it needed and never placed the exchange.",
            expected="Place the exchange, since the colour is in stock.",
        )
        return
    chosen = other if talk.is_slip(Mode.FORGOT_CONSTRAINT) else wanted
    talk.call("create_exchange", {"ok": True, "colour": chosen}, order=order.number, colour=chosen)
    if chosen == other:
        talk.went_wrong(
            f"The customer insisted on {wanted}; the exchange was placed in {other}.",
            f"Forgot the one thing the customer asked for: colour {wanted}. It ordered {other}.",
            f"Did not keep to what the user said. Wanted only {wanted}, gets {other}.",
            expected=f"Place the exchange in {wanted}.",
        )
    talk.agent(f"Your exchange is placed: {order.item} in {chosen}.", f"A {chosen} one is on its way to you.")
    if chosen == other:
        talk.showed()
    talk.goodbye(1.0)
