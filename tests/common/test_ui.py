"""The components of templates: their arguments, and what they escape."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError
from django.test import RequestFactory

from common.charts import TrendPoint

HOSTILE = "<script>alert(1)</script>"
COMPONENTS = {
    "icon": "name='key'",
    "badge": "label='New'",
    "when": "moment=moment",
    "stat": "label='Sessions' value=3",
    "empty": "title='Nothing' text='Yet'",
    "field": "field=form.name",
    "snippet": "id='x' text='y' label='z'",
    "meter": "value=1 of=2 label='half'",
    "sparkline": "values=values label='z'",
    "bar_chart": "values=values label='z' noun='u' nouns='us'",
    "figure": "label='Sessions' text='3'",
    "linked_bars": "values=linked label='z' noun='u' nouns='us'",
    "interval_chart": "value=0.2 low=0.1 high=0.4 most=0.5 label='z'",
    "trend_chart": "points=points label='z' unit='money'",
    "curve_chart": "points=curve label='z' across='reviews' up='kinds'",
    "pager": "page=page noun='row' nouns='rows'",
}


class ExampleForm(forms.Form):
    name = forms.CharField(help_text="Short.")
    kinds = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context)).strip()


def example() -> dict[str, Any]:
    return {
        "moment": datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
        "form": ExampleForm(),
        "values": [("1 Nov", 1.0), ("2 Nov", 3.0)],
        "linked": [("1 Nov", 1.0, "/a?b=1&c=2"), ("2 Nov", 3.0, "/b")],
        "curve": [(0, 0), (25, 4)],
        "points": [TrendPoint("1 Nov", 1.0, 2.0), TrendPoint("2 Nov", None), TrendPoint("3 Nov", 3.0)],
        "page": Paginator(range(25), 10).page(2),
        "request": RequestFactory().get("/?q=a&page=2"),
    }


def hostile_trend() -> dict[str, Any]:
    points = [TrendPoint(HOSTILE, 1.0, count=1, url=HOSTILE)]
    return {"curve": [(0, 0)], "points": points, "markers": [(0, HOSTILE)]}


@pytest.mark.parametrize(("name", "arguments"), COMPONENTS.items())
def test_component_renders(name: str, arguments: str) -> None:
    assert render(f"{{% {name} {arguments} %}}", **example()).startswith("<")


@pytest.mark.parametrize(("name", "arguments"), COMPONENTS.items())
def test_component_refuses_an_argument_that_it_does_not_know(name: str, arguments: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="unexpected keyword argument 'colour'"):
        Template(f"{{% {name} {arguments} colour='red' %}}")


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_refuses_to_be_used_without_its_arguments(name: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="did not receive value"):
        Template(f"{{% {name} %}}")


@pytest.mark.parametrize(
    "source",
    [
        "{% badge label=bad title=bad %}",
        "{% stat label=bad value=bad note=bad %}",
        "{% empty title=bad text=bad url=bad action=bad %}",
        "{% snippet id='x' text=bad label=bad %}",
        "{% meter value=1 of=2 label=bad %}",
        "{% sparkline values=values label=bad %}",
        "{% bar_chart values=values label=bad noun=bad nouns=bad %}",
        "{% figure label=bad text=bad url=bad change=bad note=bad %}",
        "{% linked_bars values=linked label=bad noun=bad nouns=bad %}",
        "{% interval_chart value=0.2 low=0.1 high=0.3 most=1 label=bad %}",
        "{% curve_chart points=curve label=bad across=bad up=bad %}",
        "{% trend_chart points=points label=bad unit='count' markers=markers %}",
        "{% trend_chart points=points label=bad unit='share' nouns=bad %}",
    ],
)
def test_component_escapes_what_it_is_given(source: str) -> None:
    assert "<script" not in render(
        source, bad=HOSTILE, values=[(HOSTILE, 1.0)], linked=[(HOSTILE, 1.0, HOSTILE)], **hostile_trend()
    )


def test_badge_refuses_an_unknown_tone() -> None:
    with pytest.raises(ValueError, match="badge has no tone 'pink'"):
        render("{% badge label='x' tone='pink' %}")


def test_when_gives_the_moment_to_the_browser() -> None:
    html = render("{% when moment=moment %}", **example())
    assert html == '<time datetime="2026-11-02T12:00:00+00:00" data-ago>2 Nov 2026 12:00 UTC</time>'
    assert "data-ago" not in render("{% when moment=moment ago=False %}", **example())
    assert render("{% when moment=None %}") == "–"


@pytest.mark.parametrize(("value", "shown"), [("0", "0"), ("None", "–"), ("''", "–"), ("'4 %'", "4 %")])
def test_stat_shows_zero_but_not_the_unknown(value: str, shown: str) -> None:
    assert f"<dd>{shown}</dd>" in render(f"{{% stat label='x' value={value} %}}")


def test_field_ties_label_help_and_errors_together() -> None:
    html = render("{% field field=form.name %}", form=ExampleForm({"name": ""}))
    assert '<label for="id_name">Name</label>' in html
    assert 'id="id_name_helptext">Short.</p>' in html
    described = re.findall(r'aria-describedby="([^"]+)"', html)[0].split()
    assert [name for name in described if f'id="{name}"' not in html] == []
    assert 'aria-invalid="true"' in html


def test_field_of_several_inputs_is_a_fieldset() -> None:
    html = render("{% field field=form.kinds %}", **example())
    assert "<legend>Kinds</legend>" in html
    assert html.count("<label") == 1


def test_pager_keeps_the_filters() -> None:
    html = render("{% pager page=page noun='row' nouns='rows' %}", **example())
    assert "11–20 of 25 rows" in html
    assert re.findall(r'href="([^"]+)"', html) == ["?q=a&amp;page=1", "?q=a&amp;page=3"]


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row"), (2, "2 rows"), (11, "1–10 of 11 rows")])
def test_pager_counts_as_people_do(rows: int, said: str) -> None:
    page = Paginator(range(rows), 10).page(1)
    html = render("{% pager page=page noun='row' nouns='rows' %}", **example() | {"page": page})
    assert f"<span>{said}</span>" in html


def test_bar_chart_says_what_it_shows() -> None:
    html = render("{% bar_chart values=values label='Sessions per day' noun='session' nouns='sessions' %}", **example())
    assert 'aria-label="Sessions per day"' in html
    assert "<title>2 Nov: 3.0 sessions</title>" in html
    assert html.count("<rect") == 2


def test_bar_chart_folds_out_as_a_table_where_its_labels_have_a_name() -> None:
    plain = "{% bar_chart values=values label='z' noun='session' nouns='sessions' "
    assert "<table" not in render(plain + "%}", **example())
    html = render(plain + "column='Day' %}", **example())
    assert '<th>Day</th><th class="number">Sessions</th>' in html
    assert html.count("<td>") == len(example()["values"])


def test_bar_chart_counts_one_as_one() -> None:
    html = render("{% bar_chart values=values label='x' noun='session' nouns='sessions' %}", values=[("2 Nov", 1)])
    assert ("<title>2 Nov: 1 session</title>" in html, ">1 session</text>" in html) == (True, True)


def test_trend_leads_to_what_it_counts_where_that_is_listed() -> None:
    points = [TrendPoint("1 Nov", 0.25, count=3, url="/a?b=1&c=2"), TrendPoint("2 Nov", 0), TrendPoint("3 Nov", None)]
    html = render("{% trend_chart points=points label='x' unit='share' nouns='sessions' %}", points=points)
    assert re.findall(r'href="([^"]+)">([^<]+)<', html) == [("/a?b=1&amp;c=2", "25 %"), ("/a?b=1&amp;c=2", "3")]
    assert re.findall(r"<th[^>]*>([^<]+)<", html) == ["From", "Share", "Sessions"]
    assert re.findall(r'<td class="number">([^<]+)<', html) == ["0 %", "0", "–", "0"]
    plain = render("{% trend_chart points=points label='x' unit='money' %}", points=points)
    assert re.findall(r"<th[^>]*>([^<]+)<", plain) == ["From", "Middle", "9 of 10 under"]


def test_charts_of_nothing_are_empty() -> None:
    assert "<rect" not in render("{% bar_chart values=values label='x' noun='y' nouns='ys' %}", values=[])
    assert "<rect" not in render("{% sparkline values=values label='x' %}", values=[])


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("None|duration", "–"),
        ("0|duration", "0 ms"),
        ("999|duration", "999 ms"),
        ("3400|duration", "3.4 s"),
        ("312000|duration", "5 min 12 s"),
        ("0|in_words", "0 seconds"),
        ("1|in_words", "1 second"),
        ("90|in_words", "90 seconds"),
        ("300|in_words", "5 minutes"),
        ("3600|in_words", "1 hour"),
        ("None|money", "–"),
        ("0.0042|money", "$0.0042"),
        ("0.00001|money", "&lt;$0.0001"),
        ("0.0|money", "$0.0000"),
        ("1.2|money", "$1.20"),
        ("1.5|written:'money'", "$1.50"),
        ("3400.2|written:'duration'", "3.4 s"),
        ("3400.2|written:'count'", "3.4k"),
        ("0.021|written:'share'", "2.1 %"),
        ("None|written:'count'", "–"),
        ("None|percent", "–"),
        ("0|percent", "0 %"),
        ("0.0004|percent", "&lt;0.1 %"),
        ("0.021|percent", "2.1 %"),
        ("0.096|percent", "9.6 %"),
        ("0.126|percent", "13 %"),
        ("1|percent", "100 %"),
        ("None|count", "–"),
        ("999|count", "999"),
        ("3400|count", "3.4k"),
        ("1200000|count", "1.2M"),
    ],
)
def test_filters_write_numbers_for_people(expression: str, shown: str) -> None:
    assert render(f"{{{{ {expression} }}}}") == shown


@pytest.mark.parametrize(("name", "shown"), [("skip", "&lt;"), ("gone", "")])
def test_a_table_is_asked_by_a_name_that_only_the_data_knows(name: str, shown: str) -> None:
    told = Template("{{ keys|at:name }}").render(Context({"keys": {"skip": "<"}, "name": name}))
    assert told == shown


def test_straight_sentence_turns_nothing_and_stays_escaped() -> None:
    sentence = "“\u202egnp.<b>\u2066\u2069” is gone, “שלום” is not."
    shown = Template("{{ sentence|straight }}").render(Context({"sentence": sentence}))
    assert shown == "“gnp.&lt;b&gt;” is gone, “שלום” is not."


def test_straight_sentence_that_is_html_already_stays_so() -> None:
    shown = Template("{{ sentence|safe|straight }}").render(Context({"sentence": "<b>\u202egnp</b>"}))
    assert shown == "<b>gnp</b>"
