"""The embedding model in a process of its own: `python -m clustering.engine.serving NAME`.

A text comes in as a line of JSON, its vector goes out as a line of base64, or UNREADABLE. It ends when whoever started
it has ended.
"""

import base64
import json
import os
import sys

from clustering.engine.embed import Embedder, EmbedderBroken, get_embedder, to_bytes

UNREADABLE = "-"
NICENESS = 5


def main(name: str) -> None:
    """Answers, one text after the other, in their order."""
    # Loading takes all that a processor gives: the pages come first.
    os.nice(NICENESS)
    # What libraries print is no vector.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr
    embedder = get_embedder(name)
    for line in sys.stdin:
        answers.write(f"{_answer(embedder, json.loads(line))}\n")
        answers.flush()


def _answer(embedder: Embedder, text: str) -> str:
    try:
        [vector] = embedder.embed([text])
    except EmbedderBroken:
        # One text that it cannot read is no reason to leave everybody else alone.
        return UNREADABLE
    return base64.b64encode(to_bytes(vector)).decode()


if __name__ == "__main__":
    main(sys.argv[1])
