"""The components of a page. Each declares its arguments: an unknown or missing one fails when the template compiles."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.template.defaultfilters import stringfilter

from common.charts import TrendPoint, bars, interval, trend

register = template.Library()

TONES = {"neutral", "good", "bad", "warn", "calm", "accent", "plum"}
TREND_WIDTH = 600
LEAST_SHOWN = 0.0001  # dollars
LEAST_PERCENT, FEW_PERCENT = 0.1, 10
MILLISECONDS_IN_SECOND = 1000
SECONDS_IN_MINUTE = 60
SECONDS_IN = {"hour": 3600, "minute": 60, "second": 1}
# Embeddings, overrides and isolates, and what ends them.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@register.inclusion_tag("components/icon.html")
def icon(*, name: str) -> dict[str, Any]:
    """A line icon of the set in `static/img/icons.svg`; decoration only, so hidden from screen readers."""
    return {"name": name}


@register.inclusion_tag("components/badge.html")
def badge(*, label: object, tone: str = "neutral", title: str = "") -> dict[str, Any]:
    """A small coloured word. Colour never carries the meaning alone."""
    if tone not in TONES:
        raise ValueError(f"badge has no tone {tone!r}; it has {', '.join(sorted(TONES))}")
    return {"label": label, "tone": tone, "title": title}


@register.inclusion_tag("components/when.html")
def when(*, moment: datetime | None, ago: bool = True) -> dict[str, Any]:
    """A time in the reader's own zone, relative where `ago`, with the absolute time on hover."""
    return {"moment": moment, "ago": ago}


@register.inclusion_tag("components/stat.html")
def stat(*, label: str, value: object, note: str = "") -> dict[str, Any]:
    """A number with its name, for use inside `<dl class="stats">`."""
    return {"label": label, "value": "–" if value in (None, "") else value, "note": note}


@register.inclusion_tag("components/empty.html")
def empty(*, title: str, text: str, icon: str = "inbox", url: str = "", action: str = "") -> dict[str, Any]:
    """What a page says when it has nothing to show: what would be here, and the next step."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("components/field.html")
def field(*, field: Any) -> dict[str, Any]:
    """A form's field with its label, help and errors, tied together for screen readers."""
    return {"field": field}


@register.inclusion_tag("components/snippet.html")
def snippet(*, id: str, text: str, label: str) -> dict[str, Any]:  # noqa: A002  # it is the HTML attribute
    """Text to take along, with a button that copies it. `id` is unique on the page; `label` says what it is."""
    return {"id": id, "text": text, "label": label}


@register.inclusion_tag("components/meter.html")
def meter(*, value: float, of: float, label: str) -> dict[str, Any]:
    """How much of a whole is done, as a thin bar; `label` says in words what it measures."""
    return {"value": value, "of": of, "label": label}


@register.inclusion_tag("components/sparkline.html")
def sparkline(*, values: Sequence[tuple[str, float]], label: str) -> dict[str, Any]:
    """A tiny bar chart for a table's cell; `label` says in words what it shows."""
    return {"bars": bars(values, width=96, height=24, gap=0.25), "label": label}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    *, values: Sequence[tuple[str, float]], label: str, noun: str, nouns: str, tone: str = "", column: str = ""
) -> dict[str, Any]:
    """A bar chart of (label, value) pairs; `label` says what it shows, `noun` and `nouns` what one and several are.

    With `column`, what the labels are, the same stands beside it as a table to fold out.
    """
    highest = max((value for _, value in values), default=0)
    return {
        "bars": bars(values, width=600, height=120),
        "label": label,
        "noun": noun,
        "nouns": nouns,
        "tone": tone,
        "column": column,
        "highest": int(highest) if float(highest).is_integer() else round(highest, 2),
        "first": values[0][0] if values else "",
        "last": values[-1][0] if values else "",
    }


@register.inclusion_tag("components/figure.html")
def figure(
    *, label: str, text: object, url: str = "", change: str = "", note: str = "", note_url: str = ""
) -> dict[str, Any]:
    """A large number for use inside `<dl class="figures">`: where it leads, how it changed, and on what it rests."""
    return {"label": label, "text": text, "url": url, "change": change, "note": note, "note_url": note_url}


@register.inclusion_tag("components/linked_bars.html")
def linked_bars(
    *, values: Sequence[tuple[str, float, str]], label: str, noun: str, nouns: str, tone: str = ""
) -> dict[str, Any]:
    """As `bar_chart`, of (label, value, url): each bar is a link. Beside it, the same as a table to fold out."""
    shapes = bars([(name, value) for name, value, _ in values], width=600, height=90)
    return {
        "bars": [(bar, url) for bar, (_, _, url) in zip(shapes, values, strict=True)],
        "label": label,
        "noun": noun,
        "nouns": nouns,
        "tone": tone,
        "highest": max((value for _, value, _ in values), default=0),
        "first": values[0][0] if values else "",
        "last": values[-1][0] if values else "",
    }


@register.inclusion_tag("components/interval.html")
def interval_chart(*, value: float, low: float, high: float, most: float, label: str, tone: str = "") -> dict[str, Any]:
    """A dot in its interval on a scale from 0 to `most`, for a table's cell; `label` says it in words."""
    return {"shape": interval(value, low, high, most=most, width=120), "label": label, "tone": tone}


@register.inclusion_tag("components/trend.html")
def trend_chart(
    *, points: Sequence[TrendPoint], label: str, unit: str, markers: Sequence[tuple[int, str]] = (), nouns: str = ""
) -> dict[str, Any]:
    """A line with a band above it, in a unit of `written`; `markers` are (place of a point, what happened then).

    Where it tells of things that are listed somewhere, `nouns` are what these are.
    """
    drawn = trend(points, width=TREND_WIDTH, height=100)
    return {
        "trend": drawn,
        "label": label,
        "unit": unit,
        "markers": [
            {
                "x": drawn.xs[place],
                "name": name,
                "anchor": "end" if drawn.xs[place] > TREND_WIDTH / 2 else "start",
                "y": -6 - 13 * (number % 2),  # neighbours must not write over each other
            }
            for number, (place, name) in enumerate(markers)
        ],
        "points": points,
        "nouns": nouns,
        "first": points[0].label if points else "",
        "last": points[-1].label if points else "",
    }


@register.inclusion_tag("components/curve.html")
def curve_chart(*, points: Sequence[tuple[int, int]], label: str, across: str, up: str) -> dict[str, Any]:
    """A curve of counts (x, y) from left to right; `across` and `up` say what the two count."""
    drawn = trend([TrendPoint(str(x), y) for x, y in points], width=TREND_WIDTH, height=100)
    return {
        "trend": drawn,
        "points": points,
        "label": label,
        "across": across,
        "up": up,
        "last": points[-1] if points else None,
    }


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: dict[str, Any], *, page: Any, noun: str, nouns: str) -> dict[str, Any]:
    """Links to the neighbouring pages that keep every filter of the URL. `noun` is one row, `nouns` are several."""
    request: HttpRequest = context["request"]
    return {
        "page": page,
        "counted": noun if page.paginator.count == 1 else nouns,
        "count": f"{page.paginator.count:,}+" if getattr(page.paginator, "has_more", False) else page.paginator.count,
        "previous": _with_page(request.GET, page.previous_page_number()) if page.has_previous() else "",
        "next": _with_page(request.GET, page.next_page_number()) if page.has_next() else "",
    }


def _with_page(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed["page"] = str(number)
    return changed.urlencode()


@register.filter(is_safe=True)
@stringfilter
def straight(sentence: str) -> str:
    """A sentence of ours without signs in it that turn the direction of writing of all that follows.

    For one in which nobody can say any more where words of strangers end. Where a template puts them in, `<bdi>` does.
    """
    return sentence.translate(TURNING)


@register.filter
def duration(milliseconds: int | None) -> str:
    """12 ms, 3.4 s, 5 min 12 s; an en dash where it is unknown."""
    if milliseconds is None:
        return "–"
    if milliseconds < MILLISECONDS_IN_SECOND:
        return f"{milliseconds} ms"
    seconds = milliseconds / MILLISECONDS_IN_SECOND
    if seconds < SECONDS_IN_MINUTE:
        return f"{seconds:.1f} s"
    return f"{int(seconds // SECONDS_IN_MINUTE)} min {int(seconds % SECONDS_IN_MINUTE)} s"


@register.filter
def in_words(seconds: int) -> str:
    """5 minutes, 1 hour, 90 seconds: whole numbers of the largest unit that needs no fraction."""
    unit = next(name for name, size in SECONDS_IN.items() if seconds % size == 0 and (seconds or size == 1))
    number = seconds // SECONDS_IN[unit]
    return f"{number} {unit}{'' if number == 1 else 's'}"


@register.filter
def money(dollars: float | None) -> str:
    """$0.0042, $1.20, <$0.0001; an en dash where it is unknown."""
    if dollars is None:
        return "–"
    if 0 < dollars < LEAST_SHOWN:
        return f"<${LEAST_SHOWN}"
    return f"${dollars:.2f}" if dollars >= 1 else f"${dollars:.4f}"


@register.filter
def count(number: int | None) -> str:
    """12, 3.4k, 1.2M; an en dash where it is unknown."""
    if number is None:
        return "–"
    for size, mark in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}{mark}"
    return str(number)


@register.filter
def percent(share: float | None) -> str:
    """12 %, 0.4 %, <0.1 %; an en dash where it is unknown."""
    if share is None:
        return "–"
    points = share * 100
    if 0 < points < LEAST_PERCENT:
        return f"<{LEAST_PERCENT} %"
    return f"{points:.0f} %" if points >= FEW_PERCENT or not points else f"{points:.1f} %"


EXACT = {"money": money, "share": percent}


@register.filter
def written(value: float | None, unit: str) -> str:
    """A number in its unit: money, share, duration or count; an en dash where it is unknown."""
    if value is None:
        return "–"
    if unit in EXACT:
        return EXACT[unit](value)
    return duration(round(value)) if unit == "duration" else count(round(value))


@register.filter
def at(words: Mapping[str, str], name: str) -> str:
    """What stands in a table of words under a name that only the page's data knows; "" where nothing does."""
    return words.get(name, "")
