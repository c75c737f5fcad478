"""A number far above what is usual for this workflow: statistical baselines instead of thresholds.

The robust z-score is 0.6745 × (value − median) / MAD (Iglewicz and Hoaglin, 1993, with their cut at 3.5); only values
above count. A MAD of 0, where most sessions are alike, is replaced by a tenth of the median.
"""

from collections.abc import Iterator

from traces.records import Baseline, Found, SessionFacts, Threshold

VERSION = 1
LABELS = {
    "outlier_cost": "Unusually expensive",
    "outlier_latency": "Unusually slow",
    "outlier_tokens": "Unusually many tokens",
    "outlier_steps": "Unusually long",
    "outlier_tool_calls": "Unusually many tool calls",
}
ABOUT = {
    "outlier_cost": "It cost far more than sessions of its workflow usually do.",
    "outlier_latency": "It took far longer than sessions of its workflow usually do.",
    "outlier_tokens": "It used far more tokens than sessions of its workflow usually do.",
    "outlier_steps": "It has far more steps than sessions of its workflow usually have.",
    "outlier_tool_calls": "It made far more tool calls than sessions of its workflow usually do.",
}
WORDS = {
    "cost": "It cost {value}, {times}× this workflow's median of {median} ({sessions} sessions).",
    "latency": "It took {value}, {times}× this workflow's median of {median} ({sessions} sessions).",
    "tokens": "It used {value} tokens, {times}× this workflow's median of {median} ({sessions} sessions).",
    "steps": "It has {value} steps, {times}× this workflow's median of {median} ({sessions} sessions).",
    "tool_calls": "It made {value} tool calls, {times}× this workflow's median of {median} ({sessions} sessions).",
}
SESSIONS_NEEDED = 30
CONSISTENT = 0.6745
CUT = 3.5
# At this z the strength is 1; at the cut it is WEAKEST.
SURE = 12.0
WEAKEST = 0.3
# Where all sessions are much alike, a tiny difference has a large z: it must also be large in itself.
TIMES_MEDIAN = 1.5
THRESHOLDS = {
    "cut": Threshold("How far above usual a number must be (robust z)", CUT, 2.0, 10.0),
    "times_median": Threshold("Times the workflow's median that it must be", TIMES_MEDIAN, 1.0, 20.0),
}
MINUTE = 60


def detect(session: SessionFacts, cut: float = CUT, times_median: float = TIMES_MEDIAN) -> Iterator[Found]:
    """One finding for each total that stands out; none while the workflow has fewer than 30 sessions."""
    for name, words in WORDS.items():
        value, baseline = session.totals.get(name), session.baselines.get(name)
        if value is None or baseline is None or baseline.sessions < SESSIONS_NEEDED or baseline.median <= 0:
            continue
        z = robust_z(value, baseline)
        if z >= cut and value >= times_median * baseline.median:
            yield Found(f"outlier_{name}", "", _strength(z, cut), _sentence(name, words, value, baseline))


def robust_z(value: float, baseline: Baseline) -> float:
    """How far above usual, in units that equal standard deviations where values are normally distributed."""
    spread = baseline.mad or baseline.median / 10
    return CONSISTENT * (value - baseline.median) / spread


def _strength(z: float, cut: float) -> float:
    return round(min(1.0, WEAKEST + (1 - WEAKEST) * (z - cut) / (SURE - cut)), 2)


def _sentence(name: str, words: str, value: float, baseline: Baseline) -> str:
    return words.format(
        value=_amount(name, value),
        median=_amount(name, baseline.median),
        times=f"{value / baseline.median:.1f}",
        sessions=baseline.sessions,
    )


def _amount(name: str, value: float) -> str:
    if name == "cost":
        return f"${value:.4f}" if value < 1 else f"${value:.2f}"
    if name == "latency":
        seconds = value / 1000
        return f"{seconds:.1f} s" if seconds < MINUTE else f"{int(seconds // MINUTE)} min {int(seconds % MINUTE)} s"
    return f"{value:,.0f}"
