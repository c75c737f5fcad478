"""How well an order finds failures: before any label, and after some that were chosen as a queue chooses them.

All of it cross-fitted: what is evaluated was labelled by nobody whose label the order had learned from.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from annotate.priority import PRIOR, Model, fit, probability
from benchmarks._sessions import CRUDE, Ranked

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FOLDS = 5
RANDOM_SHARE = 0.2
# Reviews come in and the order is made anew after each handful.
BETWEEN_FITS = 10
FRONTS = (0.1, 0.2, 0.3)
Score = Callable[[Sequence[Ranked]], Numbers]
# Given the labelled sessions, what it learned scores others.
Learn = Callable[[Sequence[Ranked]], Score]


def figures(scores: Numbers, failed: Flags) -> dict[str, float]:
    """AUC and lifts of one order, by name; nan where there is only one outcome."""
    once = np.ones((1, len(scores)))
    return {name: float(found[0]) for name, found in weighted_figures(scores, failed, once).items()}


def weighted_figures(scores: Numbers, failed: Flags, times: Numbers) -> dict[str, Numbers]:
    """The same for each row of `times`, (rows, sessions): how often each session is there.

    AUC is the chance that a failure stands before a success, ties counting half. Lift is the share of failures in the
    front part against that in all; of sessions that tie at its edge, their share counts.
    """
    order = np.argsort(-scores, kind="stable")
    starts = np.flatnonzero(np.diff(-scores[order], prepend=-np.inf))
    all_of = np.add.reduceat(times[:, order], starts, axis=1)
    bad_of = np.add.reduceat((times * failed)[:, order], starts, axis=1)
    all_to, bad_to = np.cumsum(all_of, axis=1), np.cumsum(bad_of, axis=1)
    bad, good = bad_to[:, -1], all_to[:, -1] - bad_to[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {"auc": np.sum((all_of - bad_of) * (bad_to - bad_of / 2), axis=1) / (bad * good)}
        for front in FRONTS:
            size = np.maximum(1, np.round(front * all_to[:, -1]))
            edge = (np.arange(len(times)), np.argmax(all_to >= size[:, None], axis=1))
            beyond = (all_to[edge] - size) * bad_of[edge] / all_of[edge]
            found[f"lift{front * 100:.0f}"] = (bad_to[edge] - beyond) / size / (bad / all_to[:, -1])
    return found


def by_prior(sessions: Sequence[Ranked]) -> Numbers:
    return _probabilities(PRIOR, sessions)


def _probabilities(model: Model, sessions: Sequence[Ranked]) -> Numbers:
    return np.array([probability(model, one.features) for one in sessions])


def by_hand(sessions: Sequence[Ranked]) -> Numbers:
    """The crude rule of thumb."""
    return np.asarray(np.array([one.crude for one in sessions]) @ np.array(list(CRUDE.values())), dtype=np.float64)


def learn_model(labelled: Sequence[Ranked]) -> Score:
    """The product's own way."""
    model = fit([one.features for one in labelled], [one.failed for one in labelled])
    return lambda sessions: _probabilities(model, sessions)


def learn_crude(labelled: Sequence[Ranked]) -> Score:
    """A plain logistic regression on the same four counts."""
    failed = [one.failed for one in labelled]
    if len(set(failed)) == 1:
        return by_hand
    scaler = StandardScaler().fit([one.crude for one in labelled])
    model = LogisticRegression().fit(scaler.transform([one.crude for one in labelled]), failed)
    return lambda sessions: np.asarray(
        model.decision_function(scaler.transform([one.crude for one in sessions])), dtype=np.float64
    )


def cross_fitted(
    sessions: Sequence[Ranked], labels: Sequence[int], random: np.random.Generator, learn: Learn, *, queued: bool
) -> list[Numbers]:
    """For each number of labels a score for every session, learned from so many sessions of the other folds.

    `queued`: these are chosen as a queue does, by rank with a random share, and the order is made anew as it goes;
    else at random.
    """
    fold = random.permutation(len(sessions)) % FOLDS
    scores = [np.zeros(len(sessions)) for _ in labels]
    for number in range(FOLDS):
        others = [one for one, own in zip(sessions, fold, strict=True) if own != number]
        choose = _chosen_by_queue if queued else _chosen_at_random
        chosen = choose(others, min(max(labels), len(others)), random)
        mine = np.flatnonzero(fold == number)
        for count, found in zip(labels, scores, strict=True):
            found[mine] = learn(chosen[:count])([sessions[int(place)] for place in mine])
    return scores


def _chosen_at_random(sessions: Sequence[Ranked], labels: int, random: np.random.Generator) -> list[Ranked]:
    return [sessions[place] for place in random.permutation(len(sessions))[:labels]]


def _chosen_by_queue(sessions: Sequence[Ranked], labels: int, random: np.random.Generator) -> list[Ranked]:
    """Which sessions people have reviewed after so many reviews."""
    waiting, chosen = list(sessions), list[Ranked]()
    score: Score = by_prior
    while len(chosen) < labels:
        order = [waiting[place] for place in np.argsort(-score(waiting), kind="stable")]
        for _ in range(min(BETWEEN_FITS, labels - len(chosen))):
            place = int(random.integers(len(order))) if random.random() < RANDOM_SHARE else 0
            chosen.append(order.pop(place))
        waiting = order
        score = learn_model(chosen)
    return chosen
