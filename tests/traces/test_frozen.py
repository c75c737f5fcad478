"""A detector that finds something else is another version of itself: stored signals say which one found them."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.frozen import complaint, digest_of_source
from traces import profile, shape
from traces.detectors import DETECTORS

# Of each module its version, and the digest of what it was then.
FROZEN: dict[str, tuple[int, str]] = {
    "traces/detectors/abandoned.py": (2, "b847c8f348ee"),
    "traces/detectors/claimed_not_done.py": (2, "88bf4202667d"),
    "traces/detectors/context_pressure.py": (2, "4ce884c4fe7a"),
    "traces/detectors/corrected.py": (2, "788cfc35688a"),
    "traces/detectors/empty_result_assumed.py": (2, "c911b9c3f7cf"),
    "traces/detectors/evaluator_disagrees.py": (2, "45464733c62f"),
    "traces/detectors/exposed_data.py": (1, "cf096e76bc49"),
    "traces/detectors/forgot.py": (2, "0f099952b80c"),
    "traces/detectors/frustration.py": (2, "ec948e221df6"),
    "traces/detectors/handover.py": (2, "f9630bb1d8d6"),
    "traces/detectors/hidden_tool_error.py": (5, "35f17dde55c8"),
    "traces/detectors/invalid_call.py": (2, "54a02ca4464e"),
    "traces/detectors/no_tool_used.py": (2, "4ba18277bb59"),
    "traces/detectors/outliers.py": (1, "d06a86e716e3"),
    "traces/detectors/refused.py": (2, "ba15d000f263"),
    "traces/detectors/repeated_answer.py": (2, "c3421e317da5"),
    "traces/detectors/repeated_request.py": (2, "ad1f6890c0f2"),
    "traces/detectors/scores.py": (2, "f173bb4a9600"),
    "traces/detectors/tool_error.py": (3, "b81afe437f84"),
    "traces/detectors/tool_loop.py": (3, "5cfb9ff35cc0"),
    "traces/detectors/unconfirmed.py": (2, "2de42740a42d"),
    "traces/detectors/unfinished.py": (3, "8c673ca8360d"),
    "traces/profile.py": (2, "bb99f8ac08ee"),
    "traces/shape.py": (2, "eddc711a0bb6"),
}
# What several detectors read by. Who changes one raises the version of each detector that finds something else by it.
SHARED: dict[str, str] = {
    "traces/answers.py": "2d31e4fb9540",
    "traces/sameness.py": "d6ef168bb777",
    "traces/speech.py": "e1f8c172cdbe",
    "traces/windows.py": "75a724f80853",
}
VERSIONS = {f"traces/detectors/{one.name}.py": one.version for one in DETECTORS} | {
    "traces/profile.py": profile.VERSION,
    "traces/shape.py": shape.VERSION,
}


def digest(path: str) -> str:
    return digest_of_source(Path(settings.BASE_DIR, path))


def test_every_version_is_frozen() -> None:
    assert FROZEN.keys() == VERSIONS.keys()


@pytest.mark.parametrize("path", VERSIONS)
def test_version_is_what_it_was(path: str) -> None:
    wrong = complaint(path, f"FROZEN of {__name__}", FROZEN.get(path, (0, "")), (VERSIONS[path], digest(path)))
    assert not wrong, wrong


@pytest.mark.parametrize("path", SHARED)
def test_what_detectors_share_is_what_it_was(path: str) -> None:
    now = digest(path)
    assert now == SHARED[path], (
        f"{path} has changed. Raise the version of each detector that finds something else by it (and write its new "
        f"version in FROZEN), then write {now!r} in SHARED of {__name__}."
    )
