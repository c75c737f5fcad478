"""Calls and answers find each other, also where a client sends no ids: Gemini's, and what is told in words alone."""

from collections import Counter
from dataclasses import replace

from ingest.records import CallRecord, MessageRecord


def joined(messages: list[MessageRecord]) -> list[MessageRecord]:
    """The messages with an id on each call and answer; where a client sends none, it is made of what was called."""
    if not any(map(_lacks_id, messages)):
        return messages
    seen: Counter[str] = Counter()
    waiting: list[CallRecord] = []
    found = []
    for message in messages:
        calls = tuple(_with_id(call, seen) for call in message.calls)
        waiting += calls
        call_id = message.call_id
        if message.role == "tool" and not call_id:
            call_id = _answered(waiting, message.name)
        waiting = [call for call in waiting if call.call_id != call_id]
        is_same = call_id == message.call_id and calls == message.calls
        found.append(message if is_same else replace(message, calls=calls, call_id=call_id))
    return found


def _lacks_id(message: MessageRecord) -> bool:
    if message.role == "tool" and not message.call_id:
        return True
    return any(not call.call_id for call in message.calls) if message.calls else False


def _with_id(call: CallRecord, seen: Counter[str]) -> CallRecord:
    if call.call_id:
        return call
    said = f"{call.name}({call.arguments})"[:200]
    seen[said] += 1
    return replace(call, call_id=f"{said}#{seen[said]}")


def _answered(waiting: list[CallRecord], name: str) -> str:
    """The id of the first waiting call of that name; of any name, where the answer bears none."""
    return next((call.call_id for call in waiting if not name or call.name == name), "")
