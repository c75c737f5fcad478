"""Costs against examples worked out by hand."""

from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.models import ModelPrice
from ingest.pricing import PRICED, Price, Usage, cost_of, estimate, price_of, with_prices
from ingest.records import SessionRecord, StepRecord
from tests.ingest.payloads import post
from traces.models import AgentSession, Step

MINI = Price("gpt-5-mini", 0.25, 2.0, usd_cache_read=0.025)
SONNET = Price("claude-sonnet-*", 3.0, 15.0, usd_cache_read=0.3, usd_cache_write=3.75)


@pytest.mark.parametrize(
    ("usage", "price", "dollars"),
    [
        (Usage(1_000, 500), MINI, 0.00125),  # 1,000 × $0.25/M + 500 × $2/M
        (Usage(1_000_000, 0), MINI, 0.25),
        (Usage(10_000, 100, cache_read=8_000), MINI, 0.0009),  # 2,000 × 0.25/M + 8,000 × 0.025/M + 100 × 2/M
        (Usage(10_000, 1_000, 6_000, 2_000), SONNET, 0.0303),  # 2,000×3 + 6,000×0.3 + 2,000×3.75 + 1,000×15
        (Usage(500, 100, cache_read=6_000), SONNET, 0.0048),  # the cache counted beside: 500×3 + 6,000×0.3 + 100×15
        (Usage(1_000, 0, cache_write=1_000), MINI, 0.00025),  # no price of its own: as any token in
        (Usage(0, 0), MINI, 0.0),
        (Usage(1_000, 1_000), Price("own", 0.0, 0.0), 0.0),
    ],
)
def test_cost(usage: Usage, price: Price, dollars: float) -> None:
    assert cost_of(usage, price) == pytest.approx(dollars, abs=1e-12)


@pytest.mark.parametrize("usage", [Usage(None, 5), Usage(5, None), Usage(None, None)])
def test_unknown_is_never_nothing(usage: Usage) -> None:
    assert cost_of(usage, MINI) is None


PRICES = [
    Price("*", 9, 9),
    Price("gpt-5*", 2, 2),
    Price("gpt-5-mini*", 1, 1),
    Price("gpt-5-mini", 0.5, 0.5),
]


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("gpt-5-mini", "gpt-5-mini"),
        ("GPT-5-Mini", "gpt-5-mini"),
        ("gpt-5-mini-2026-08-01", "gpt-5-mini*"),
        ("gpt-5.1", "gpt-5*"),
        ("gpt-5", "gpt-5*"),
        ("llama", "*"),
    ],
)
def test_price_that_says_most_wins(model: str, found: str) -> None:
    for order in (PRICES, PRICES[::-1]):
        price = price_of(model, order)
        assert price is not None
        assert price.model == found


def test_no_model_has_no_price() -> None:
    assert price_of("", PRICES) is None
    assert price_of("gpt-4", [MINI]) is None


def test_embedding_needs_no_tokens_out() -> None:
    assert estimate("embedding", "e", Usage(1_000_000, None), [Price("e", 0.02, 0)]) == pytest.approx(0.02)
    assert estimate("llm", "e", Usage(1_000_000, None), [Price("e", 0.02, 0)]) is None


def step(key: str, **fields: Any) -> StepRecord:
    return StepRecord(**{"key": key, "kind": "llm", "role": "internal", **fields})


def test_only_steps_without_a_cost_are_priced_and_marked() -> None:
    record = SessionRecord(
        "s",
        steps=(
            step("sent", model="gpt-5-mini", tokens_in=1_000, tokens_out=500, cost_usd=1.0),
            step("told", model="gpt-5-mini", tokens_in=1_000, tokens_out=500),
            step("unknown", model="other", tokens_in=1_000, tokens_out=500),
            step("silent", model="gpt-5-mini"),
            step("session", tokens_in=1_000, tokens_out=500),
            step("words", kind="user", tokens_in=1_000, tokens_out=500),
        ),
        model="gpt-5-mini",
    )
    priced = with_prices(record, [MINI])
    assert [one.cost_usd for one in priced.steps] == [1.0, 0.00125, None, None, 0.00125, None]
    assert [one.flags for one in priced.steps] == [(), (PRICED,), (), (), (PRICED,), ()]
    assert with_prices(priced, [MINI]) is priced or with_prices(priced, [MINI]) == priced


def test_project_without_prices_is_left_alone() -> None:
    record = SessionRecord("s", steps=(step("a", model="x", tokens_in=1, tokens_out=1),))
    assert with_prices(record, []) is record


def test_stored_step_has_its_estimated_cost(client: Client, secret: str, project: Project) -> None:
    ModelPrice.objects.create(project=project, model="gpt-5*", usd_in=1, usd_out=2)
    step = {"kind": "llm", "model": "gpt-5-mini", "text": "hi", "tokens_in": 1_000, "tokens_out": 1_000}
    sent = {**step, "cost_usd": 0.5}
    post(client, secret, "/api/v1/sessions/", orjson.dumps({"session": {"id": "s"}, "steps": [step, sent]}))
    digest_waiting()
    first, second = Step.objects.order_by("position")
    assert (first.cost_usd, first.flags) == (0.003, [PRICED])
    assert (second.cost_usd, second.flags) == (0.5, [])
    assert AgentSession.objects.get().cost_usd == 0.503
