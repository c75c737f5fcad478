"""The Signals page: what fires how often and how often it is right, switches, limits, and reading history again."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import Outcome
from annotate.queries.signals import Precision, Stale, changes, kind_rows, newest_run, stale
from tests.builders import client_of, make_member, make_project, make_review, make_session, make_talk
from tests.counting import count_queries
from traces.actions import set_detector, start_run, stop_run
from traces.detectors import DETECTORS, ELSEWHERE, Detector
from traces.models import AgentSession, DetectorSetting, Signal, SignalRun
from traces.records import Found, SessionFacts, Threshold
from traces.rerunning import run_some
from traces.settling import settle_quiet

FAILURE, SUCCESS, UNKNOWN = Outcome.FAILURE, Outcome.SUCCESS, Outcome.UNKNOWN


@pytest.fixture(autouse=True)
def _silent_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traces.actions.ring", lambda _task: None)


@pytest.fixture
def url(project: Project) -> str:
    return f"/p/{project.slug}/signals/"


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch) -> Detector:
    """One more detector, with a limit."""

    def detect(_facts: SessionFacts, times: float = 3.0) -> list[Found]:
        return []

    limits = {"times": Threshold("Times the median", 3, 2, 10)}
    more = Detector("speed", 1, {"slow": "Slow", "late": "Late"}, detect, limits)
    for place in (
        *("traces.actions", "traces.storing", "traces.rerunning", "traces.queries.detectors"),
        *("annotate.queries.signals", "annotate.views.signals"),
    ):
        monkeypatch.setattr(f"{place}.DETECTORS", (*DETECTORS, more))
    return more


def fire(session: AgentSession, kind: str = "tool_error", step: str = "k1") -> None:
    Signal.objects.create(session=session, kind=kind, step_key=step, strength=0.5, sentence="It failed.")
    AgentSession.objects.filter(pk=session.pk).update(signal_count=1, settled_revision=1)


def row_of(project: Project, kind: str) -> Any:
    return next(row for row in kind_rows(project) if row.kind == kind)


def test_kind_rows_tell_of_every_kind_the_commonest_first(project: Project) -> None:
    for number in range(3):
        fire(make_session(project, f"s-{number}"), "tool_loop")
    fire(make_session(make_project("other")), "tool_error")
    rows = kind_rows(project)
    assert {row.kind for row in rows} == {kind for one in DETECTORS for kind in one.labels} | ELSEWHERE.keys()
    assert (rows[0].kind, rows[0].sessions, rows[0].is_on) == ("tool_loop", 3, True)
    assert {row.sessions for row in rows[1:]} == {0}


def test_precision_counts_a_session_once_by_what_most_reviews_say(project: Project, lead: User) -> None:
    others = [make_member(project, Role.REVIEWER, f"r{number}@example.com") for number in range(2)]
    said = [[FAILURE, FAILURE, SUCCESS], [SUCCESS], [FAILURE, SUCCESS], [UNKNOWN], [FAILURE, UNKNOWN], []]
    for number, outcomes in enumerate(said):
        session = make_session(project, f"s-{number}")
        for step in ("k1", "k2"):
            fire(session, step=step)
        for reviewer, outcome in zip([lead, *others], outcomes, strict=False):
            make_review(session, reviewer, outcome)
    make_review(session, lead, FAILURE, withdrawn_at=timezone.now())
    row = row_of(project, "tool_error")
    assert (row.sessions, row.precision) == (6, Precision(reviewed=3, failed=2))
    assert row_of(project, "tool_loop").precision == Precision(0, 0)


def test_precision_is_told_with_its_interval_once_there_are_a_few() -> None:
    assert [Precision(count, 2).is_telling for count in (4, 5)] == [False, True]
    assert Precision(31, 24).words == "77 % (60–89)"
    assert Precision(0, 0).share == 0


def test_page_links_every_number_to_its_sessions(lead_client: Client, project: Project, lead: User, url: str) -> None:
    for number in range(6):
        session = make_session(project, f"s-{number}")
        fire(session)
        make_review(session, lead, FAILURE if number else SUCCESS)
    page = lead_client.get(url).content.decode()
    for query, words in (("", "6"), ("&amp;judged=failure", "5 real failures"), ("&amp;judged=success", "1 fine")):
        assert re.search(rf'<a href="/p/acme/sessions/\?signal=tool_error{query}"[^>]*>{words}</a>', page)
    for query, count in (("", 6), ("&judged=failure", 5), ("&judged=success", 1)):
        listed = lead_client.get(f"/p/acme/sessions/?signal=tool_error{query}")
        assert len(listed.context["rows"]) == count


def test_page_needs_the_same_queries_for_1_session_and_for_50(
    lead_client: Client, project: Project, lead: User, url: str
) -> None:
    def queries() -> int:
        return count_queries(lead_client, url)

    def more(numbers: range) -> None:
        for number in numbers:
            session = make_session(project, f"s-{number}")
            make_talk(session)
            fire(session, "tool_loop")
            make_review(session, lead, FAILURE)
            set_detector(
                project=project, by=lead, detector="tool_error", switched_off=["tool_error"] if number % 2 else []
            )
        AgentSession.objects.update(revision=2)
        settle_quiet(timezone.now())

    more(range(1, 3))
    few = queries()
    more(range(3, 50))
    assert queries() == few


@pytest.mark.parametrize("kind", ["tool_error", "novel"])
def test_kind_that_is_off_says_what_it_left_and_offers_to_read_again(
    lead_client: Client, project: Project, url: str, kind: str
) -> None:
    session = make_session(project)
    make_talk(session)
    fire(session, kind)
    left = "1 session that was read before still shows it"
    assert left not in lead_client.get(url).content.decode()
    switched = lead_client.post(f"{url}switch/", {"kind": kind}, follow=True).content.decode()
    assert (left in switched, "Sessions read before keep it" in switched) == (True, True)
    assert f'name="detector" value="{kind}"><button class="button small" type="submit" aria-label="Read all' in switched
    lead_client.post(f"{url}run/", {"detector": kind})
    while run_some(10):
        pass
    assert left not in lead_client.get(url).content.decode()
    assert row_of(project, kind).sessions == 0


def test_viewer_reads_and_changes_nothing(project: Project, url: str) -> None:
    client = client_of(make_member(project, Role.VIEWER))
    start_run(project=project, by=None)
    page = client.get(url)
    assert (page.status_code, b"<form" in page.content.split(b"</header>", 2)[2]) == (200, False)
    for path in ("switch/", "limits/", "run/", "run/stop/"):
        assert client.post(url + path, {"kind": "tool_error", "detector": "outliers"}).status_code == 404
    assert not DetectorSetting.objects.exists()
    assert SignalRun.objects.get().finished_at is None


def test_switch_off_and_on_leaves_limits(lead_client: Client, project: Project, url: str, speed: Detector) -> None:
    lead_client.post(f"{url}limits/", {"kind": "slow", "slow-least_slow": "0", "slow-times": "4"})
    lead_client.post(f"{url}switch/", {"kind": "slow"})
    lead_client.post(f"{url}switch/", {"kind": "late"})
    answer = lead_client.post(f"{url}switch/", {"kind": "slow", "on": "1"}, follow=True)
    assert "Switched “Slow” on." in answer.content.decode()
    newest = DetectorSetting.objects.last()
    assert newest is not None
    assert (newest.switched_off, newest.thresholds) == (["late"], {"times": 4.0})
    assert [row_of(project, kind).is_on for kind in ("slow", "late")] == [True, False]
    assert [change.words for change in changes(project)] == [
        "Switched on “Slow”",
        "Switched off “Late”",
        "Switched off “Slow”",
        "Speed: Times the median 3 → 4",
    ]


def test_kind_of_another_app_has_a_switch_and_a_least_strength(lead_client: Client, project: Project, url: str) -> None:
    lead_client.post(f"{url}limits/", {"kind": "novel", "novel-least_novel": "0.9"})
    lead_client.post(f"{url}switch/", {"kind": "novel"})
    newest = DetectorSetting.objects.last()
    assert newest is not None
    assert (newest.detector, newest.switched_off, newest.thresholds) == ("novel", ["novel"], {"least_novel": 0.9})
    row = row_of(project, "novel")
    assert (row.detector, row.limits, row.least.value, row.is_on) == ("", (), 0.9, False)


def test_least_strength_is_each_kinds_own_and_kept_with_its_history(
    lead_client: Client, project: Project, url: str, speed: Detector
) -> None:
    lead_client.post(f"{url}limits/", {"kind": "slow", "slow-least_slow": "0.6", "slow-times": "4"})
    lead_client.post(f"{url}limits/", {"kind": "late", "late-least_late": "0.3", "late-times": "4"})
    lead_client.post(f"{url}limits/", {"kind": "slow", "slow-least_slow": "0", "slow-times": "4"})
    assert [row_of(project, kind).least.value for kind in ("slow", "late")] == [0.0, 0.3]
    assert [row_of(project, kind).moved for kind in ("slow", "late")] == [1, 2]
    assert [change.words for change in changes(project)] == [
        "Slow: Least strength that it must have 0.6 → 0",
        "Late: Least strength that it must have 0 → 0.3",
        "Slow: Least strength that it must have 0 → 0.6; Speed: Times the median 3 → 4",
    ]


def test_page_says_how_strong_the_signals_are_that_were_found(lead_client: Client, project: Project, url: str) -> None:
    for number, strength in enumerate((0.9, 0.25, 0.5)):
        session = make_session(project, f"s-{number}")
        fire(session)
        session.signals.update(strength=strength)
    fire(make_session(make_project("other")), "tool_loop")
    page = " ".join(lead_client.get(url).content.decode().split())
    assert page.count("Those found so far have") == 1
    assert "Those found so far have 0.25 to 0.9." in page


def test_sessions_are_read_again_without_what_became_too_weak(lead_client: Client, project: Project, url: str) -> None:
    session = make_session(project)
    make_talk(session)
    settle_quiet(timezone.now() + timedelta(days=1))
    for kind in ("novel", "like_issue"):
        fire(session, kind)
    assert session.signals.filter(kind="tool_error").exists()
    for kind in ("tool_error", "novel"):
        lead_client.post(f"{url}limits/", {"kind": kind, f"{kind}-least_{kind}": "0.6"})
    found = stale(project)
    assert found is not None
    assert found.detectors == ("novel", "tool_error")
    lead_client.post(f"{url}run/", {"detector": found.detectors})
    run_some(9)
    kinds = set(session.signals.values_list("kind", flat=True))
    assert ({"tool_error", "novel"} & kinds, "like_issue" in kinds, stale(project)) == (set(), True, None)


@pytest.mark.parametrize("kind", ["", "horoscope", "\0"])
def test_switch_of_an_unknown_kind_is_refused(lead_client: Client, project: Project, url: str, kind: str) -> None:
    answer = lead_client.post(f"{url}switch/", {"kind": kind}, follow=True)
    assert "There is no detector" in answer.content.decode()
    assert not DetectorSetting.objects.exists()


@pytest.mark.parametrize(
    ("value", "words"), [("11", "less than or equal to 10"), ("1", "greater than or equal to 2"), ("", "required")]
)
def test_limit_out_of_its_range_comes_back_with_the_field(
    lead_client: Client, project: Project, url: str, speed: Detector, value: str, words: str
) -> None:
    answer = lead_client.post(f"{url}limits/", {"kind": "slow", "slow-least_slow": "0", "slow-times": value})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert answer.content.decode().count("<details open>") == 1
    assert not DetectorSetting.objects.exists()


@pytest.mark.parametrize("value", ["1.1", "-0.1", "nan", ""])
def test_least_strength_lies_between_0_and_1(lead_client: Client, project: Project, url: str, value: str) -> None:
    answer = lead_client.post(f"{url}limits/", {"kind": "novel", "novel-least_novel": value})
    assert (answer.status_code, DetectorSetting.objects.count()) == (422, 0)


@pytest.mark.parametrize("kind", ["", "horoscope", "\0"])
def test_limits_of_an_unknown_kind_are_refused(lead_client: Client, project: Project, url: str, kind: str) -> None:
    answer = lead_client.post(f"{url}limits/", {"kind": kind}, follow=True)
    assert "no signal of this kind" in answer.content.decode()
    assert not DetectorSetting.objects.exists()


def test_stale_names_what_changed_and_how_many_sessions_it_concerns(project: Project, lead: User) -> None:
    for number in range(3):
        make_session(project, f"s-{number}", closed=True)
    settle_quiet(timezone.now())
    assert stale(project) is None
    set_detector(project=project, by=lead, detector="tool_error", switched_off=["tool_error"])
    assert stale(project) == Stale(3, ("tool_error",), ("Tool error",))
    start_run(project=project, by=lead, detectors=["tool_error"])
    run_some(9)
    assert stale(project) is None


def test_stale_asks_for_all_where_an_older_release_read_a_session(project: Project) -> None:
    make_session(project, "old", settled_revision=1)
    make_session(project, "new", closed=True)
    settle_quiet(timezone.now())
    found = stale(project)
    assert found is not None
    assert (found.sessions, found.detectors, found.count) == (1, (), len(DETECTORS))


def test_stale_asks_for_all_where_the_shape_changed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    make_session(project, closed=True)
    settle_quiet(timezone.now())
    monkeypatch.setattr("traces.shape.VERSION", 99)
    assert stale(project) == Stale(1, (), ())


def test_page_offers_to_read_again_and_shows_how_far_it_is(lead_client: Client, project: Project, url: str) -> None:
    make_session(project, "old", settled_revision=1)
    assert f"{len(DETECTORS)} detectors have changed since 1 session was read" in lead_client.get(url).content.decode()
    lead_client.post(f"{url}run/")
    page = lead_client.get(url).content.decode()
    assert "Reading sessions again</strong> with all detectors: 0 of 1" in page
    assert "have changed since" not in page
    part = lead_client.get(f"{url}run/progress/")
    assert (part.headers.get("HX-Refresh"), b"0 of 1" in part.content, b"<html" in part.content) == (None, True, False)
    run_some(9)
    assert lead_client.get(f"{url}run/progress/").headers["HX-Refresh"] == "true"
    assert (
        "1 session was read again with all detectors, asked by <bdi>lead@acme.example.com</bdi>; finished"
        in " ".join(lead_client.get(url).content.decode().split())
    )


def test_lead_stops_a_run_and_asks_only_for_one_at_a_time(lead_client: Client, project: Project, url: str) -> None:
    for _ in range(2):
        answer = lead_client.post(f"{url}run/", {"detector": ["tool_error"]}, follow=True)
    assert "A run is going on already" in answer.content.decode()
    lead_client.post(f"{url}run/stop/")
    lead_client.post(f"{url}run/stop/")
    run = SignalRun.objects.get()
    assert (run.detectors, run.stopped_by is not None) == (["tool_error"], True)


def test_newest_run_tells_pace_and_time_left(project: Project, lead: User) -> None:
    run = start_run(project=project, by=lead, detectors=["tool_error", "outliers"])
    asked = run.asked_at

    def state(done: int, seconds: float) -> tuple[int, str]:
        SignalRun.objects.update(done=done, total=1_000)
        found = newest_run(project, asked + timedelta(seconds=seconds))
        assert found is not None
        return round(found.per_second), found.left

    assert state(0, 0) == (0, "")
    assert state(100, 10) == (10, "about 2 min")
    assert state(200, 10) == (20, "about 40 s")
    assert state(900, 10) == (90, "about 1 s")
    assert state(1_001, 10) == (100, "about 1 s")
    stop_run(run=run, by=lead)
    found = newest_run(project, timezone.now())
    assert found is not None
    assert (found.is_open, found.left, found.what) == (False, "", "Outliers, Tool error")
