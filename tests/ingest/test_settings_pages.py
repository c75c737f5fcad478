"""The pages for privacy, limits and prices, and the one that deletes a session."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Project, Role, User
from ingest.models import DailyIntake, Intake, ModelPrice, RedactionCount, RedactionRule, Removal
from ingest.storing import repricing
from tests.builders import client_of, make_member, make_review, make_session, make_steps, make_talk
from traces.models import AgentSession, Step, StepKind


@pytest.fixture
def admin(project: Project) -> User:
    return make_member(project, Role.ADMIN)


@pytest.fixture
def page(admin: User) -> Client:
    return client_of(admin)


def url(name: str, *more: int) -> str:
    return reverse(name, args=["acme", *more])


# --- privacy ----------------------------------------------------------------------------------------


def test_patterns_are_switched_on_and_off(page: Client, project: Project) -> None:
    page.post(url("privacy"), {"redact": ["email", "card"]})
    assert Intake.objects.get().redact == ["email", "card"]
    page.post(url("privacy"), {})
    assert Intake.objects.get().redact == []


def test_unknown_pattern_is_not_saved(page: Client, project: Project) -> None:
    page.post(url("privacy"), {"redact": ["souls"]})
    assert not Intake.objects.exists()


def test_rule_is_added_switched_and_removed(page: Client, project: Project) -> None:
    page.post(url("rule_add"), {"name": "Cases", "pattern": r"CASE-\d+", "replacement": "[case {id}]"})
    rule = RedactionRule.objects.get()
    assert (rule.name, rule.is_on) == ("Cases", True)
    page.post(url("rule_switch", rule.pk), {})
    assert not RedactionRule.objects.get().is_on
    page.post(url("rule_switch", rule.pk), {"on": "1"})
    assert RedactionRule.objects.get().is_on
    page.post(url("rule_remove", rule.pk))
    assert not RedactionRule.objects.exists()


@pytest.mark.parametrize(
    ("pattern", "words"), [("(", "no regular expression"), ("a*", "at least one character"), ("\0", "Null characters")]
)
def test_bad_pattern_is_explained(page: Client, project: Project, pattern: str, words: str) -> None:
    response = page.post(url("rule_add"), {"name": "Cases", "pattern": pattern, "replacement": "[x]"})
    assert words in response.content.decode()
    assert not RedactionRule.objects.exists()


def test_name_is_given_once(page: Client, project: Project) -> None:
    RedactionRule.objects.create(project=project, name="Cases", pattern="x")
    response = page.post(url("rule_add"), {"name": "Cases", "pattern": "y", "replacement": "[x]"})
    assert "There is a rule of this name already" in response.content.decode()


def test_text_is_tried_and_kept_nowhere(page: Client, project: Project) -> None:
    Intake.objects.create(project=project, redact=["email"])
    sent = {"text": '{"to": "ada@example.com <script>"}'}
    found = page.post(url("privacy_try"), sent, headers={"HX-Request": "true"}).content.decode()
    assert "ada@example.com" not in found
    assert "[email " in found
    assert "<script>" not in found
    assert "E-mail addresses: 1" in found
    assert not RedactionCount.objects.exists()


def test_page_tells_how_often_rules_fired(page: Client, project: Project) -> None:
    today = timezone.now().date()
    for days, times in ((0, 1_200), (1, 34), (20, 9_999)):
        RedactionCount.objects.create(project=project, day=today - timedelta(days=days), rule="email", times=times)
    found = page.get(url("privacy")).content.decode()
    assert "1,234" in found
    assert "9,999" not in found


# --- limits -----------------------------------------------------------------------------------------

LIMITS = {"share": "25", "daily_limit": "1000", "keep_raw_days": "7", "keep_sessions_days": ""}


def test_limits_are_saved(page: Client, project: Project) -> None:
    assert page.post(url("limits"), LIMITS).status_code == 302
    intake = Intake.objects.get()
    values = (intake.sample_share, intake.daily_limit, intake.keep_raw_days, intake.keep_sessions_days)
    assert values == (0.25, 1000, 7, None)
    assert 'value="25"' in page.get(url("limits")).content.decode()


def test_time_that_would_remove_sessions_needs_a_yes(page: Client, project: Project) -> None:
    make_session(project, title="An old talk", last_received_at=timezone.now() - timedelta(days=40))
    wish = LIMITS | {"keep_sessions_days": "30"}
    asked = page.post(url("limits"), wish).content.decode()
    assert "1 session, 0 raw batches and 0 scores" in asked
    assert "An old talk" in asked
    assert not Intake.objects.exists()
    assert page.post(url("limits"), wish | {"sure": "1"}).status_code == 302
    assert Intake.objects.get().keep_sessions_days == 30
    assert AgentSession.objects.count() == 1


def test_preview_saves_nothing(page: Client, project: Project) -> None:
    found = page.post(url("limits"), LIMITS | {"preview": "1"}).content.decode()
    assert "nothing would be removed" in found
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": "0"}, {"share": "101"}, {"share": "nan"}, {"daily_limit": "0"}, {"daily_limit": "9" * 30},
        {"keep_raw_days": "0"}, {"keep_raw_days": ""}, {"keep_sessions_days": "-1"},
    ],
)  # fmt: skip
def test_limit_that_makes_no_sense_is_refused(page: Client, project: Project, wrong: dict[str, str]) -> None:
    assert page.post(url("limits"), LIMITS | wrong).status_code == 200
    assert not Intake.objects.exists()


def test_page_warns_when_the_limit_is_near(page: Client, project: Project) -> None:
    Intake.objects.create(project=project, daily_limit=1000)
    DailyIntake.objects.create(project=project, day=timezone.now().date(), items=900)
    found = page.get(url("limits")).content.decode()
    assert "900 of 1,000 items" in found
    assert "Nearly used up" in found


# --- one session ------------------------------------------------------------------------------------


def test_session_is_deleted_after_a_question(page: Client, project: Project, admin: User) -> None:
    session = make_session(project)
    make_talk(session)
    assert "cannot be undone" in page.get(url("session_delete", session.pk)).content.decode()
    assert page.post(url("session_delete", session.pk)).status_code == 302
    assert not AgentSession.objects.exists()
    assert Removal.objects.get().actor == admin


def test_judged_session_is_not_deleted(page: Client, project: Project, admin: User) -> None:
    session = make_session(project)
    make_review(session, admin)
    assert "People have judged" in page.post(url("session_delete", session.pk)).content.decode()
    assert AgentSession.objects.exists()


# --- prices -----------------------------------------------------------------------------------------

PRICE = {"model": "gpt-5*", "usd_in": "1", "usd_out": "2", "usd_cache_read": "", "usd_cache_write": ""}


def used(project: Project, name: str = "s-1", **fields: object) -> Step:
    session = make_session(project, name, last_received_at=timezone.now())
    values = {"model": "gpt-5-mini", "tokens_in": 1_000, "tokens_out": 1_000, **fields}
    return make_steps(session, (StepKind.LLM, values))[0]


def test_models_without_a_price_come_first(page: Client, project: Project) -> None:
    used(project)
    assert "gpt-5-mini" in page.get(url("prices")).content.decode()
    page.post(url("prices"), PRICE)
    assert ModelPrice.objects.get().usd_out == 2


def test_price_is_brought_up_to_date(page: Client, project: Project) -> None:
    for cost in ("1", "3"):
        page.post(url("prices"), PRICE | {"usd_in": cost})
    assert ModelPrice.objects.get().usd_in == 3


@pytest.mark.parametrize(
    "wrong", [{"model": "a*b"}, {"model": ""}, {"usd_in": "-1"}, {"usd_in": "nan"}, {"usd_out": ""}]
)
def test_price_that_makes_no_sense_is_refused(page: Client, project: Project, wrong: dict[str, str]) -> None:
    assert page.post(url("prices"), PRICE | wrong).status_code == 200
    assert not ModelPrice.objects.exists()


def send_file(page: Client, text: str) -> str:
    file = SimpleUploadedFile("prices.csv", text.encode())
    return page.post(url("price_file"), {"file": file}, follow=True).content.decode()


def test_export_can_be_read_again(page: Client, project: Project) -> None:
    ModelPrice.objects.create(project=project, model="a", usd_in=0.25, usd_out=2, usd_cache_read=0.025)
    written = page.get(url("price_export")).content.decode()
    ModelPrice.objects.all().delete()
    assert "1 prices are in" in send_file(page, written)
    price = ModelPrice.objects.get()
    assert (price.usd_in, price.usd_cache_read, price.usd_cache_write) == (0.25, 0.025, None)


def test_no_model_of_the_export_is_a_formula(page: Client, project: Project) -> None:
    ModelPrice.objects.create(project=project, model="=HYPERLINK(1)", usd_in=1, usd_out=2)
    written = page.get(url("price_export")).content.decode()
    assert written.splitlines()[1].startswith("'=HYPERLINK(1),1")
    ModelPrice.objects.all().delete()
    send_file(page, written)
    assert ModelPrice.objects.get().model == "=HYPERLINK(1)"


def test_bad_line_is_named_and_nothing_is_saved(page: Client, project: Project) -> None:
    found = send_file(page, "model,usd_in,usd_out\na,1,2\nb,x,2\n")
    assert "Line 3: usd_in" in found
    assert not ModelPrice.objects.exists()


@pytest.mark.parametrize("text", ["", "nothing", "model;usd_in\n", "\x00"])
def test_file_that_is_no_table_is_explained(page: Client, project: Project, text: str) -> None:
    assert send_file(page, text)
    assert not ModelPrice.objects.exists()


def test_counts_that_a_sender_made_up_do_not_break_the_page(page: Client, project: Project) -> None:
    usage = {"model": "endless", "tokens_in": 2**63 - 1, "tokens_out": 2**63 - 1}
    make_steps(make_session(project, last_received_at=timezone.now()), *[(StepKind.LLM, usage)] * 3)
    answer = page.get(url("prices"))
    assert answer.status_code == 200
    assert "endless" in answer.content.decode()


def test_prices_are_applied_to_what_is_stored(page: Client, project: Project) -> None:
    estimated, sent = used(project), used(project, "s-2", cost_usd=9.0)
    ModelPrice.objects.create(project=project, model="gpt-5*", usd_in=1, usd_out=2)
    assert page.post(url("price_apply")).status_code == 302
    for step in (estimated, sent):
        step.refresh_from_db()
    assert (estimated.cost_usd, estimated.flags, sent.cost_usd, sent.flags) == (0.003, ["priced"], 9.0, [])
    session = AgentSession.objects.get(external_id="s-1")
    assert (session.cost_usd, session.revision) == (0.003, 1)
    assert "estimated from your price table" in page.get(url("session_page", session.pk)).content.decode()


def test_price_that_went_leaves_no_estimate(page: Client, project: Project) -> None:
    step = used(project, cost_usd=0.5, flags=["priced"])
    call_command("apply_prices", "--project", project.slug)
    step.refresh_from_db()
    assert (step.cost_usd, step.flags) == (None, [])


def test_page_goes_on_slice_by_slice(page: Client, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repricing, "SLICE", 1)
    for number in range(2):
        used(project, f"s-{number}")
    ModelPrice.objects.create(project=project, model="gpt-5*", usd_in=1, usd_out=2)
    first = page.post(url("price_apply"), headers={"HX-Request": "true"}).content.decode()
    assert "1 of 2 sessions looked at" in first
    assert "load delay" in first
    after = AgentSession.objects.order_by("pk").first()
    assert after is not None
    wish = {"after": after.pk, "seen": 1, "changed": 1}
    assert "2 of 2" in page.post(url("price_apply"), wish, headers={"HX-Request": "true"}).content.decode()
