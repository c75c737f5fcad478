"""The detector of data that nobody in the session gave."""

import pytest

from tests.traces.talks import agent, call, talk, user
from traces.detectors.exposed_data import detect
from traces.records import INTERNAL, Found, StepFacts

ASKED = user("Where is my parcel?")
LOOKED = call("get_order", {"id": "A-1", "name": "Ada", "mail": "ada@lovelace.dev", "phone": "+44 20 7946 0018"})
# Made from AWS's and other makers' own examples; none opens anything.
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


def found_in(*steps: StepFacts) -> list[Found]:
    return list(detect(talk(*steps)))


@pytest.mark.parametrize(
    ("words", "told", "strength"),
    [
        ("It goes to grace.hopper@navy.mil today.", "an e-mail address (….mil)", 0.6),
        ("The card 5500 0000 0000 0004 was charged.", "a card number (…0004)", 0.8),
        ("The card 378282246310005 was charged.", "a card number (…0005)", 0.8),
        ("I refunded DE89 3704 0044 0532 0130 00.", "an IBAN (…3000)", 0.8),
        ("Your account number is 8837 2210 45.", "an account number (…1045)", 0.6),
        ("The SSN: 219-09-9999 is on file.", "an account number (…9999)", 0.6),
        ("The courier's number is +49 151 2345 6780.", "a phone number (…6780)", 0.5),
        ("I see (212) 736-5000 on the parcel.", "a phone number (…5000)", 0.5),
        ("It goes to Grace Hopper, phone 0151 7654321.", "a phone number (…4321)", 0.5),
        ("We have 212-736-5000 on file for you.", "a phone number (…5000)", 0.5),
        (f"I used the key {KEY} for it.", "a secret key (…MPLE)", 0.8),
        ("Authorised with sk-proj-abcdEFGH1234ijklMNOP5678.", "a secret key (…5678)", 0.8),
    ],
)
def test_detect_finds_what_nobody_gave(words: str, told: str, strength: float) -> None:
    [found] = found_in(ASKED, LOOKED, agent(words))
    assert (found.kind, found.step_key, found.strength) == ("exposed_data", "k3", strength)
    assert found.sentence == (f"The agent told {told}, which neither the user nor any tool had given in this session.")


def test_detect_tells_once_for_a_message() -> None:
    [found] = found_in(ASKED, agent("grace@navy.mil, grace@navy.mil, alan@bletchley.org and 212-736-5000."))
    assert found.sentence == (
        "The agent told an e-mail address (….mil), an e-mail address (….org) and a phone number (…5000), "
        "which neither the user nor any tool had given in this session."
    )


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([LOOKED, agent("It goes to ADA@lovelace.dev.")], id="a tool answered it"),
        pytest.param([LOOKED, agent("We have +442079460018 on file.")], id="a number written in another way"),
        pytest.param([LOOKED, agent("We have (020) 7946 0018 and 020-794-60018.")], id="without its country"),
        pytest.param([user("I am ada @ lovelace.dev"), agent("Thanks, ada@lovelace.dev!")], id="the user said it"),
        pytest.param([user("ada at lovelace dot dev"), agent("Thanks, ada@lovelace.dev!")], id="dictated"),
        pytest.param([user("It is 5500-0000-0000-0004"), agent("So 5500 0000 0000 0004?")], id="spaces for dashes"),
        pytest.param(
            [
                call("open_app", "", {"account": "ada@lovelace.dev"}, flags=("user_side",)),
                agent("ada@lovelace.dev"),
            ],
            id="the user's own tool",
        ),
        pytest.param(
            [
                StepFacts(0, "", "other", INTERNAL, "system", text="desk7@shop.dev"),
                agent("Write to desk7@shop.dev"),
            ],
            id="the system's words",
        ),
        pytest.param([agent("Write to support@shop.com, returns.us@shop.com, no-reply@shop.com.")], id="the company's"),
        pytest.param([agent("Call us at +1 800 555 0199 or our office at 212-736-5000.")], id="the company's number"),
        pytest.param([agent("Our customer service: phone 0151 7654321.")], id="the company's phone"),
        pytest.param([agent("Is your phone 12 months old? Mobile 5 and phone 15 are here.")], id="a phone's age"),
        pytest.param([agent("The toll-free number is 800-736-5000.")], id="toll-free"),
        pytest.param([agent("Please give it as you@example.com or jane.doe@example.org.")], id="how it is written"),
        pytest.param([agent("Your phone number, for example +49 151 2345 6780?")], id="an example"),
        pytest.param([agent("Card ending in 0004, ****-****-****-0004, a***@navy.mil.")], id="masked"),
        pytest.param([agent("It goes to [email 1], card [card 2].")], id="our redaction's placeholders"),
        pytest.param([agent("Card 4111 1111 1111 1112 has a wrong digit.")], id="no card"),
        pytest.param([agent("The test card is 4242 4242 4242 4242.")], id="everybody's test card"),
        pytest.param([agent("On 2024-05-16 10:00, order #2127365000, 12.345.678, 555-0142.")], id="other numbers"),
        pytest.param([agent("The order W2378156 of 7706410293 7747408585 1656367028 is on its way.")], id="ids"),
        pytest.param([agent("Follow @shop on x.com, version 1.2.3@beta.")], id="no address"),
        pytest.param([user("I am bob@builder.dev")], id="no agent"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert found_in(ASKED, *steps) == []


def test_detect_does_not_take_the_agents_own_calls_for_a_source() -> None:
    asked = call("send_mail", "sent", {"to": "grace@navy.mil"})
    assert [found.step_key for found in found_in(ASKED, asked, agent("Sent to grace@navy.mil."))] == ["k3"]


HOSTILE = ["a" * 200_000, "a@" * 100_000, "1 " * 100_000, "+1" * 100_000, "a." * 50_000 + "@", "DE89 " * 40_000]


@pytest.mark.parametrize("text", [*HOSTILE, "eyJ" * 60_000, "a@b.dev " * 20_000])
def test_detect_survives_hostile_texts(text: str) -> None:
    steps = [user(text), agent(text), call("look", text), agent("grace@navy.mil")]
    assert [found.step_key for found in found_in(*steps)][-1:] == ["k4"]


def test_detect_reads_thousands_of_steps() -> None:
    steps = [step for number in range(1_500) for step in (user(f"m{number}@a.dev"), agent(f"m{number}@a.dev x@b.dev"))]
    assert [found.step_key for found in found_in(*steps)] == ["k2"]  # the first that told x@b.dev
