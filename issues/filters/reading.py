"""What a call asks of a closed list of filters, read with the name of what is wrong."""

from collections.abc import Collection, Mapping

from django.http import QueryDict

from common.errors import Refused
from common.keys import LARGEST_KEY, is_key

LARGEST_NUMBER = 2**31 - 1  # of an issue
YES_AND_NO = {"true": True, "false": False}


def asked_of(query: QueryDict, filters: Mapping[str, str], beside: Collection[str]) -> dict[str, str]:
    """By filter what the query says, where it says anything. Refused for a name of neither list, and for a NUL."""
    for name in query:
        if name not in filters and name not in beside:
            raise Refused(f"There is no filter {name!r}. There are: {', '.join(filters)}.", field=name)
    asked = {name: value for name in filters if (value := query.get(name, ""))}
    for name, value in asked.items():
        if "\0" in value:
            raise Refused("A NUL is no text.", field=name)
    return asked


def one_of(name: str, value: str, values: Collection[str]) -> str:
    """The value, if it is one of these."""
    if value not in values:
        raise Refused(f"{value!r} is none of {', '.join(values)}.", field=name)
    return value


def whole(name: str, value: str, words: str, largest: int = LARGEST_KEY) -> int:
    """The value as a number up to the largest; `words` say what to give."""
    if not is_key(value) or int(value) > largest:
        raise Refused(words, field=name)
    return int(value)
