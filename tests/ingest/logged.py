"""The same talk where the words stand in log records beside spans that have none."""

import json
from typing import Any

from tests.ingest.talk import (
    CALL,
    CALLING,
    CHAT,
    CHOICE,
    FIRST,
    PARTS_CALL,
    PARTS_FIRST,
    PARTS_SAID,
    SAID,
    SECOND,
    SPOKEN,
    TOOL,
    USER,
    log,
    message_events,
    parts_second,
    span,
)


def _split_telemetry() -> list[dict[str, Any]]:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": TOOL, "gen_ai.tool.call.id": "c1"}
    return [
        span(1, "POST /chat", {}),
        *(span(n, "chat", CHAT, parent=1) for n in (2, 4)),
        span(3, TOOL, tool, parent=1),
    ]


LOGGED: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "GenAI 1.28, bodies": (
        _split_telemetry(),
        [
            *(log(2, name, said, place) for place, (name, said) in enumerate(message_events(FIRST))),
            log(2, CHOICE, {"index": 0, "message": {"role": "assistant", "tool_calls": [CALL]}}, 5),
            *(log(4, name, said, place) for place, (name, said) in enumerate(message_events(SECOND))),
            log(4, CHOICE, {"index": 0, "finish_reason": "stop", "message": {"content": SAID}}, 5),
        ],
    ),
    "GenAI 1.28, attributes": (
        _split_telemetry(),
        [
            log(2, "gen_ai.user.message", None, 0, **{"gen_ai.event.content": json.dumps(USER)}),
            log(2, CHOICE, None, 5, **{"gen_ai.event.content": json.dumps({"message": CALLING})}),
            *(
                log(4, n, None, p, **{"gen_ai.event.content": json.dumps(m)})
                for p, (n, m) in enumerate(message_events(SECOND))
            ),
            log(4, CHOICE, None, 5, **{"gen_ai.event.content": json.dumps({"message": SPOKEN})}),
        ],
    ),
    "GenAI 1.37, details": (
        _split_telemetry(),
        [
            log(
                n,
                "gen_ai.client.inference.operation.details",
                None,
                0,
                **{"gen_ai.input.messages": given, "gen_ai.output.messages": said},
            )
            for n, given, said in ((2, PARTS_FIRST, [PARTS_CALL]), (4, parts_second("response"), [PARTS_SAID]))
        ],
    ),
}
