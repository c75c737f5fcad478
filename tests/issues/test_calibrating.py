"""How new failures join issues is read from what people placed, once they placed enough."""

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Project, User
from annotate.models import Failure
from clustering.engine import mechanisms
from clustering.engine.calibrate import PRECISION
from clustering.engine.matching import MARGIN
from clustering.queries import model_name
from issues import actions
from issues.models import EventKind, Issue, IssueMembership, MatchingRule, Source
from issues.proposing import place_waiting
from issues.proposing.calibrating import _is_due
from tests.issues.makers import make_told, run, tell_all

MODES = {
    "Token": "refund tool token expired but claimed success",
    "Loop": "looped on search with identical arguments",
    "German": "answered in german although asked in english",
}
ENDS = ("once", "twice", "again", "today", "before", "later", "there", "quickly", "slowly", "often", "somehow")


def notes(mode: str, count: int) -> list[str]:
    return [f"{MODES[mode]} {end}" for end in ENDS[:count]]


def place_all(project: Project, lead: User, count: int) -> dict[str, Issue]:
    """Issues of which people placed so many failures each."""
    return {
        mode: actions.create_from(
            project=project,
            failure_ids=[failure.pk for failure in tell_all(project, lead, notes(mode, count))],
            title=mode,
            actor=lead,
        )[0]
        for mode in MODES
    }


def join_of(failure: Failure) -> IssueMembership:
    return IssueMembership.objects.select_related("rule").get(failure=failure, until=None)


def inbox(client: Client) -> str:
    return " ".join(client.get(reverse("proposal_inbox", args=["acme"])).content.decode().split())


def test_too_few_placements_leave_the_rule_of_the_mechanism(project: Project, lead: User, lead_client: Client) -> None:
    place_all(project, lead, 3)
    late = make_told(project, lead, f"{MODES['Loop']} and again")
    run(project)
    row = join_of(late)
    assert (row.source, row.rule, row.threshold is not None, row.margin is not None) == (Source.MATCH, None, True, True)
    assert not MatchingRule.objects.exists()
    assert "Once people have placed 30 failures" in inbox(lead_client)


def test_enough_placements_say_how_alike_is_enough(project: Project, lead: User, lead_client: Client) -> None:
    issues = place_all(project, lead, 11)
    late = make_told(project, lead, f"{MODES['Loop']} and again")
    run(project)
    rule, row = MatchingRule.objects.get(), join_of(late)
    assert (rule.version, rule.placements, rule.mechanism) == (1, 33, mechanisms.CURRENT)
    assert rule.precision is not None
    assert rule.precision >= PRECISION
    assert (row.issue, row.source, row.rule, row.threshold) == (issues["Loop"], Source.MATCH, rule, rule.threshold)
    assert row.score is not None
    assert row.score >= rule.threshold
    event = issues["Loop"].events.filter(kind=EventKind.ATTACHED).first()
    assert event is not None
    assert (event.detail["rule"], round(row.score, 3)) == (1, event.detail["score"])
    assert "33 placements of people taught" in inbox(lead_client)
    page = lead_client.get(reverse("issue_page", args=["acme", row.issue.number])).content.decode()
    assert "was asked for, as people's placements taught (rule 1)" in page
    assert "by rule 1, which people's placements taught" in page


def test_a_rule_holds_until_a_tenth_more_was_placed(project: Project, lead: User) -> None:
    issues = place_all(project, lead, 11)
    for extra, versions in ((0, 1), (2, 1), (2, 2)):
        more = tell_all(project, lead, [f"{MODES['Token']} {number} times over" for number in ("two", "three")[:extra]])
        if more:
            actions.attach(issue=issues["Token"], failure_ids=[failure.pk for failure in more], actor=lead)
        make_told(project, lead, f"unlike anything else {extra} {versions}")
        run(project)
        assert MatchingRule.objects.count() == versions


def test_placements_that_agree_on_nothing_leave_the_rule_of_the_mechanism(
    project: Project, lead: User, lead_client: Client
) -> None:
    every = [note for mode in MODES for note in notes(mode, 11)]
    told = tell_all(project, lead, every)
    for place in range(3):
        chosen = [failure.pk for failure in told[place::3]]
        actions.create_from(project=project, failure_ids=chosen, title=f"Mixed {place}", actor=lead)
    late = make_told(project, lead, f"{MODES['Loop']} and again")
    run(project)
    rule = MatchingRule.objects.get()
    assert (rule.precision, rule.margin) == (None, MARGIN)
    assert "gave no rule that puts nine of ten" in inbox(lead_client)
    place_waiting(project)
    assert not IssueMembership.objects.filter(failure=late, rule=rule).exists()


def test_where_nobody_places_anything_any_more_the_rule_is_not_read_again_and_again() -> None:
    read = MatchingRule(mechanism=mechanisms.CURRENT, model_name=model_name(), placements=0)
    assert not _is_due(read, 0)
    assert _is_due(read, 1)


def test_a_join_is_undone_with_one_key_and_teaches(project: Project, lead: User) -> None:
    place_all(project, lead, 11)
    late = make_told(project, lead, f"{MODES['Loop']} and again")
    run(project)
    row = join_of(late)
    assert row.joined_by is not None
    actions.undo(decision=row.joined_by, actor=lead)
    run(project)
    assert not IssueMembership.objects.filter(failure=late, until=None).exists()


def test_the_rule_does_not_depend_on_the_order_of_arrival(project: Project, lead: User) -> None:
    rules = []
    for arrival in (1, -1):
        with transaction.atomic():
            for mode in list(MODES)[::arrival]:
                told = tell_all(project, lead, notes(mode, 11)[::arrival])
                actions.create_from(project=project, failure_ids=[one.pk for one in told], title=mode, actor=lead)
            make_told(project, lead, "unlike anything else")
            run(project)
            rules.append(MatchingRule.objects.values("threshold", "margin", "precision", "placements").get())
            transaction.set_rollback(True)
    assert rules[0] == rules[1]
