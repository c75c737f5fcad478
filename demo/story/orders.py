"""Order support: where is it, change its delivery, questions about goods."""

from demo.ground_truth import Mode
from demo.story.talk import Talk, make_person
from demo.story.words import HELLO, MOODS

CARRIERS = ("NordPost", "BlueVan", "Parcelo")
DAYS = ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def track(talk: Talk) -> None:
    """Where is my order?"""
    order, rng = talk.order, talk.rng
    hello, mood = rng.choice(HELLO), rng.choice(MOODS)
    talk.user(
        f"{hello}where is my {order.item}? The order number is {order.number}.{mood}",
        f"{hello}I ordered a {order.item} {order.days_ago} days ago and nothing has come. Order {order.number}.{mood}",
        f"{hello}can you check order {order.number} for me? It should have been here by now.{mood}",
        f"{hello}any news about {order.number}? My name is {talk.person.name}.{mood}",
    )
    _look_up(talk)
    if talk.is_slip(Mode.LOOP):
        _go_round(talk)
        return
    carrier, day = rng.choice(CARRIERS), rng.choice(DAYS)
    if talk.is_slip(Mode.TIMEOUT_HIDDEN):
        talk.call(
            "track_parcel", error="TimeoutError: no answer from carrier within 30 s", seconds=30.0, order=order.number
        )
        talk.went_wrong(
            "The tracking lookup timed out and the agent made up a delivery status instead of saying so.",
            f"Carrier API gave no answer, yet the customer is told the {order.item} is out for delivery.",
            "Invented tracking information after a timeout; nothing of it comes from a tool.",
            "Should have admitted that tracking was unavailable. It presented a guess as fact after the timeout.",
            expected="Say that the carrier does not answer and offer to check again.",
        )
        talk.agent(f"Good news, {talk.person.first_name}: your parcel is with {carrier} and arrives on {day}.")
        talk.showed()
    else:
        status = {"order": order.number, "carrier": carrier, "status": "in transit", "expected": day}
        talk.call("track_parcel", status, order=order.number)
        talk.agent(
            f"Your {order.item} is on its way with {carrier} and should reach you on {day}.",
            f"I have checked order {order.number}: {carrier} has it, and delivery is planned for {day}.",
        )
    _perhaps_more(talk)


def _look_up(talk: Talk) -> None:
    order, person = talk.order, talk.person
    found = {"order": order.number, "item": order.item, "price_eur": order.price, "customer": person.number}
    if talk.is_slip(Mode.WRONG_CUSTOMER):
        other = make_person(talk.rng)
        found |= {"order": f"HB-{talk.rng.randint(100000, 999999)}", "customer": other.number, "name": other.name}
        talk.call("find_order", found, name=person.name.split(" ")[-1])
        talk.went_wrong(
            f"It searched by surname and took the first hit: {other.name} is a different customer.",
            f"Wrong customer. {other.name}'s order was opened instead of {person.name}'s.",
            "Opened somebody else's order because it looked up the last name only.",
            expected="Look the order up by its number, or ask for it.",
        )
    else:
        talk.call("find_order", found, number=order.number)


def _go_round(talk: Talk) -> None:
    for attempt in range(talk.rng.randint(4, 7)):
        talk.call("track_parcel", {"status": "pending", "retry": True}, order=talk.order.number)
        if attempt == 1:
            talk.went_wrong(
                "Called parcel tracking over and over with the same order number and the same answer.",
                "Stuck in a loop: the same tracking request again and again, until it gave the customer nothing.",
                "Keeps repeating the identical track_parcel call instead of stopping after the first answer.",
                "Endless retries of one and the same lookup.",
                expected="Stop after the second identical answer and tell the customer that the parcel is pending.",
            )
    talk.agent("I am still checking this. One moment please.", "Let me look into that once more for you.")
    talk.showed()


def _perhaps_more(talk: Talk) -> None:
    if talk.is_slip(Mode.LEAKED_DATA):
        other = make_person(talk.rng)
        talk.user("And is it really going to my address? Please read it to me.")
        talk.agent(f"It goes to {other.name}, {other.address}, phone 0151 {talk.rng.randint(1000000, 9999999)}.")
        talk.went_wrong(
            f"Read another customer's name, address and phone number ({other.name}) out to this one.",
            expected="Read out only the address of the customer who is asking.",
        )
    else:
        talk.goodbye(0.5)


def change_delivery(talk: Talk) -> None:
    """Please deliver on another day."""
    order, rng = talk.order, talk.rng
    day, wrong = rng.sample(DAYS, 2)
    hello, mood = rng.choice(HELLO), rng.choice(MOODS)
    talk.user(
        f"{hello}I am away this week. Please deliver {order.number} on {day} and not before.{mood}",
        f"{hello}can the {order.item} come on {day}? On no other day, nobody is at home. Order {order.number}.{mood}",
        f"{hello}please move delivery of {order.number} to {day}, the dog bites the postman otherwise.{mood}",
    )
    _look_up(talk)
    if talk.is_slip(Mode.EXPIRED_TOKEN):
        talk.call("set_delivery_day", error="401 Unauthorized: access token expired", order=order.number, day=day)
        talk.went_wrong(
            "The delivery change was rejected with an expired token, but the agent confirmed the new day anyway.",
            "Says the delivery day was changed. The call failed with 401, so nothing was changed.",
            "Authentication error (token expired) on the change and the customer is told that it worked.",
            "Claims success although the tool returned 401 access token expired.",
            expected="Renew the token and try again, or say that the change did not go through.",
        )
        talk.agent(
            f"Done! Your {order.item} will now be delivered on {day}.", f"All set for {day}, order {order.number}."
        )
        talk.showed()
    elif talk.is_slip(Mode.FORGOT_CONSTRAINT):
        talk.call("set_delivery_day", {"ok": True, "day": wrong}, order=order.number, day=wrong)
        talk.went_wrong(
            f"Customer asked for {day} and nothing else, the agent booked {wrong}.",
            f"Ignored the day the customer gave: {wrong} instead of {day}.",
            f"Forgot the customer's condition ({day} only) when it set the delivery date.",
            expected=f"Book {day}, or ask when that is not possible.",
        )
        talk.agent(f"I have moved your delivery to {wrong}.", f"Your parcel will come on {wrong}. Anything else?")
        talk.showed()
    else:
        talk.call("set_delivery_day", {"ok": True, "day": day}, order=order.number, day=day)
        talk.agent(f"Your delivery is now booked for {day}.", f"Done: {order.number} comes on {day} and not before.")
    talk.goodbye(0.6)


def ask_about_goods(talk: Talk) -> None:
    """What does it cost, and do you have it?"""
    order, rng = talk.order, talk.rng
    hello = rng.choice(HELLO)
    talk.user(
        f"{hello}do you sell spare parts for the {order.item}?",
        f"{hello}I am looking for a {order.item}. Do you have it and what is it right now?",
        f"{hello}what does the {order.item} cost at the moment?{rng.choice(MOODS)}",
    )
    if talk.is_slip(Mode.EMPTY_SEARCH):
        talk.call("search_catalogue", {"hits": [], "index": "rebuilding"}, query=order.item)
        talk.went_wrong(
            "An empty search result was taken as proof that the shop does not sell it; the index was being rebuilt.",
            f"Told the customer we have no {order.item}, only because the search came back empty.",
            "No hits does not mean that the product does not exist. The agent stated it as a fact.",
            expected="Search again in other words, or say that the search found nothing.",
        )
        talk.agent(f"I am sorry, we do not carry the {order.item} and never have.", "We do not sell that product.")
        talk.showed()
        return
    talk.call("search_catalogue", {"hits": [{"name": order.item, "in_stock": rng.randint(1, 40)}]}, query=order.item)
    if talk.is_slip(Mode.STALE_PRICE):
        old = round(order.price * 0.8, 2)
        talk.call(
            "get_price", {"item": order.item, "price_eur": old, "as_of": "3 weeks ago", "cached": True}, item=order.item
        )
        talk.went_wrong(
            f"Quoted {old:.2f} EUR from a cache that was three weeks old; the current price is {order.price:.2f}.",
            "The price given is out of date: the tool said cached, as of three weeks ago, and the agent ignored that.",
            "Stale price from the cache given as today's price.",
            expected="Ask for the current price, or say how old this one is.",
        )
        talk.agent(f"The {order.item} is {old:.2f} EUR today, and it is in stock.")
        talk.showed()
    else:
        talk.call("get_price", {"item": order.item, "price_eur": order.price, "as_of": "today"}, item=order.item)
        talk.agent(
            f"Yes, the {order.item} is in stock for {order.price:.2f} EUR.",
            f"It costs {order.price:.2f} EUR at the moment, and we have some left.",
        )
    talk.goodbye(0.8)
