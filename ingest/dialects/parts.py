"""The parts of a message's content, in anybody's shape: words, thoughts, calls, answers to calls, and media.

Every shape is first written as one of GenAI's: `{"type": "text" | "reasoning" | "tool_call" | "tool_call_response" |
"media", …}`, so that what reads parts knows one shape only.
"""

import re
from collections.abc import Iterable
from typing import Any

from ingest.dialects.values import as_json, as_text, first_of
from ingest.records import CallRecord

TEXT = "text"
REASONING = "reasoning"
CALL = "tool_call"
ANSWER = "tool_call_response"
MEDIA = "media"

TYPES = {
    **dict.fromkeys(
        ("text", "input_text", "output_text", "refusal", "summary_text", "text-delta", "guard_content"), TEXT
    ),
    **dict.fromkeys(("reasoning", "thinking", "redacted_thinking", "thought"), REASONING),
    **dict.fromkeys(
        ("tool_call", "tool_use", "tool-call", "server_tool_call", "server_tool_use", "mcp_tool_use", "function_call"),
        CALL,
    ),
    **dict.fromkeys(("tool_call_response", "tool-result", "server_tool_call_response", "function_call_output"), ANSWER),
    # Pydantic AI's part_kind
    **dict.fromkeys(("system-prompt", "user-prompt"), TEXT),
    **dict.fromkeys(("tool-return", "retry-prompt", "builtin-tool-return"), ANSWER),
    "builtin-tool-call": CALL,
}
WRAPPED = {
    # Bedrock Converse and Gemini name the part by its only member.
    **dict.fromkeys(("toolUse", "functionCall", "function_call", "toolRequest"), CALL),
    **dict.fromkeys(("toolResult", "functionResponse", "function_response", "toolResponse"), ANSWER),
    **dict.fromkeys(("reasoningContent",), REASONING),
    **dict.fromkeys(("inlineData", "inline_data", "fileData", "file_data", "image", "document", "video"), MEDIA),
}
MEDIA_TYPES = (
    *("image", "image_url", "input_image", "audio", "input_audio", "video", "video_url", "image-url", "audio-url"),
    *("file", "input_file", "blob", "uri", "document", "document-url", "media", "binary", "video-url"),
)
ARGUMENTS = ("arguments", "args", "tool.args", "input", "parameters", "action", "queries", "code")
ANSWERS = ("response", "result", "output", "content", "results", "outputs")
CALL_IDS = ("call_id", "tool_use_id", "toolUseId", "tool_call_id", "toolCallId", "callId", "id", "ref")
NAMES = ("name", "tool_name", "toolName", "tool.name", "recipient_name")
BARE_TEXT = {"text", "type", "said"}  # no type of its own, and no other member
BASE64 = re.compile(r"data:([\w.+-]+/[\w.+-]+)?[\w=;-]*;base64,[A-Za-z0-9+/=_-]{64,}")
BARE_BASE64 = re.compile(r'"[A-Za-z0-9+/_-]{1000,}={0,2}"')


def parts_of(value: Any) -> list[dict[str, Any]]:
    """The content's parts; [] where it has none."""
    if isinstance(value, str):
        # Parts in a string are parts only where all are known ones: a model may well answer with a list of objects.
        items = as_json(value) if value.startswith("[{") else []
        value = items if isinstance(items, list) and all(_is_known(item) for item in items) else []
    if isinstance(value, dict):
        value = value.get("parts", [value]) if value else []
    if not isinstance(value, list):
        return []
    return [_part(item) if isinstance(item, dict) else {"type": TEXT, "content": as_text(item)} for item in value]


def _is_known(item: Any) -> bool:
    return isinstance(item, dict) and (_part(item)["type"] != TEXT or _part(item).get("said") in TYPES)


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """One part in the one shape."""
    if isinstance(part.get("message_content"), dict):  # OpenInference
        part = part["message_content"]
    if part.get("type") == "non_standard" and isinstance(part.get("value"), dict):  # LangChain
        part = part["value"]
    said = as_text(part.get("type") or part.get("part_kind") or part.get("block_type") or part.get("kind"))
    kind = TYPES.get(said) or _kind_by_shape(said, part)
    if kind:
        return {**part, "type": kind, "said": said}
    if said in MEDIA_TYPES:
        return {**part, "type": MEDIA, "said": said}
    return _by_member(part) or {"type": TEXT, "content": _unknown(part), "said": said}


def _unknown(part: dict[str, Any]) -> str:
    """A part that nobody has heard of: its words if it has some, else all of it."""
    said = first_of(part, ("content", "text"))
    return said if isinstance(said, str) else readable(part)


def _kind_by_shape(said: str, part: dict[str, Any]) -> str:
    if said.endswith(("tool_result", "tool-return", "_call_output")):
        return ANSWER
    if said.endswith("_call") or "toolCallId" in part:  # the AI SDK's screen messages: tool-NAME with both
        return CALL
    if isinstance(part.get("function"), dict) or "tool.name" in part:
        return CALL
    if part.get("thought") is True or said.lower().endswith("reasoningcontent"):
        return REASONING
    return TEXT if not said and ("text" in part or "content" in part) else ""


def _by_member(part: dict[str, Any]) -> dict[str, Any] | None:
    for name, kind in WRAPPED.items():
        inner = part.get(name)
        if isinstance(inner, dict):
            return {**inner, "type": kind, "said": name}
    return None


def text_of(parts: Iterable[dict[str, Any]]) -> str:
    """What a reader is told by the parts: words, and names of what cannot be read."""
    return "\n".join(filter(None, (_text(part) for part in parts)))


def _text(part: dict[str, Any]) -> str:
    if part["type"] == TEXT:
        said = first_of(part, ("text", "content", "refusal"))
        return as_text(said.get("text", said) if isinstance(said, dict) else said)
    return media_name(part) if part["type"] == MEDIA else ""


def media_name(part: dict[str, Any]) -> str:
    """A picture, a sound or a file as one word and, where it has one, its name; its bytes are for nobody to read."""
    inner = {
        **part,
        **{
            k: v
            for name in ("source", "file", "image")
            if isinstance(part.get(name), dict)
            for k, v in part[name].items()
        },
    }
    kind = as_text(inner.get("modality") or part.get("said") or "attachment").replace("_url", "").removeprefix("input_")
    names = (
        "filename",
        "file_name",
        "title",
        "name",
        "mime_type",
        "mimeType",
        "media_type",
        "mediaType",
        "format",
        "file_id",
    )
    told = as_text(first_of(inner, names))
    return f"[{kind}: {told[:200]}]" if told and told != kind else f"[{kind}]"


def thoughts_of(parts: Iterable[dict[str, Any]]) -> str:
    """What the model thought, where it was told."""
    return "\n".join(filter(None, (_thought(part) for part in parts if part["type"] == REASONING)))


def _thought(part: dict[str, Any]) -> str:
    said = first_of(part, ("thinking", "content", "text", "reasoning", "reasoningText"))
    if isinstance(said, dict):
        said = said.get("text")
    if not said and isinstance(part.get("summary"), list):
        return text_of(parts_of(part["summary"]))
    return text_of(parts_of(said)) if isinstance(said, list) else as_text(said)


def calls_of(parts: Iterable[dict[str, Any]]) -> tuple[CallRecord, ...]:
    """The tool calls among the parts."""
    return tuple(read_call(part) for part in parts if part["type"] == CALL)


def read_call(value: dict[str, Any]) -> CallRecord:
    """A call as a part, or as an entry of a message's list of calls."""
    if isinstance(value.get("tool_call"), dict):  # OpenInference
        value = value["tool_call"]
    inner = next((value[key] for key in ("function", "server_tool_call") if isinstance(value.get(key), dict)), value)
    said = as_text(value.get("said") or value.get("type"))
    return CallRecord(
        call_id=as_text(first_of(value, CALL_IDS)),
        name=as_text(first_of(inner, NAMES) or first_of(value, NAMES) or _named_by_type(said)),
        arguments=readable(first_of(inner, ARGUMENTS)),
        user_side=value.get("requestor") == "user",
    )


def _named_by_type(said: str) -> str:
    """`web_search_call` and `tool-getOrder` have no other name."""
    return said.removesuffix("_call").removeprefix("tool-") if said not in TYPES else ""


def answer_text(part: dict[str, Any]) -> str:
    """What a tool answered, in full; only the bytes of media are left out."""
    answer = first_of(part, ANSWERS)
    if isinstance(answer, dict) and isinstance(answer.get("type"), str) and "value" in answer:  # the AI SDK
        answer = answer["value"]
    if isinstance(answer, dict) and answer.keys() <= {"result", "output", "content"} and len(answer) == 1:
        answer = next(iter(answer.values()))  # Gemini wants an object round every answer
    if isinstance(answer, list) and answer and all(isinstance(item, dict) for item in answer):
        return _listed(answer)
    return readable(answer)


def _listed(answer: list[dict[str, Any]]) -> str:
    """Blocks as their words where they all are such, else as they came."""
    parts = parts_of(answer)
    if all(part["type"] == MEDIA or part.get("said") in TYPES or part.keys() == BARE_TEXT for part in parts):
        return text_of(parts)
    if all(set(item) == {"json"} for item in answer):  # Bedrock
        return "\n".join(readable(item["json"]) for item in answer)
    return readable(answer)


def answer_failed(part: dict[str, Any]) -> bool:
    """Whether the answer itself is marked as an error."""
    output = part.get("output")
    if isinstance(output, dict) and as_text(output.get("type")).startswith("error"):
        return True
    marked = first_of(part, ("is_error", "isError")) is True or as_text(part.get("status")).lower() == "error"
    return marked or bool(part.get("error") or part.get("errorText")) or part.get("said") == "retry-prompt"


def readable(value: Any) -> str:
    """The value as text, with a name in the place of each picture or other base64 within."""
    text = value if isinstance(value, str) else as_text(value)
    if len(text) < 100:  # noqa: PLR2004 # too short for what is looked for
        return text
    if ";base64," in text:
        text = BASE64.sub(lambda found: f"[{found[1] or 'data'}]", text)
    return BARE_BASE64.sub(_bare, text) if len(text) > 1000 else text  # noqa: PLR2004 # as in the pattern


def _bare(found: re.Match[str]) -> str:
    return f'"[base64, {len(found[0]) - 2} characters]"'
