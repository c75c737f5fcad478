"""Carries the words of steps into transcripts. Apart from what drops the columns: PostgreSQL does not do both at once."""

import orjson
import zstandard
from django.db import migrations

WORDS = ("text", "arguments", "result", "error_message")
AT_ONCE = 200


def fill(apps, schema_editor):
    """Session by session, so that memory stays small whatever is stored."""
    Step, Transcript = apps.get_model("traces", "Step"), apps.get_model("traces", "Transcript")
    keys = apps.get_model("traces", "AgentSession").objects.order_by("pk").values_list("pk", flat=True)
    compressor = zstandard.ZstdCompressor()
    made = []
    for session in keys.iterator(chunk_size=AT_ONCE):
        steps = list(Step.objects.filter(session=session).values_list("key", "name", *WORDS))
        content = {
            "words": {key: said for key, _, *said in steps if any(said)},
            "names": sorted({name for _, name, *_ in steps} - {""}),
        }
        if steps:
            made.append(Transcript(session_id=session, payload=compressor.compress(orjson.dumps(content))))
        if len(made) == AT_ONCE:
            Transcript.objects.bulk_create(made)
            made = []
    Transcript.objects.bulk_create(made)


def empty(apps, schema_editor):
    """Back into the columns."""
    Step, Transcript = apps.get_model("traces", "Step"), apps.get_model("traces", "Transcript")
    decompressor = zstandard.ZstdDecompressor()
    for transcript in Transcript.objects.iterator(chunk_size=AT_ONCE):
        words = orjson.loads(decompressor.decompress(transcript.payload))["words"]
        steps = list(Step.objects.filter(session=transcript.session_id))
        for step in steps:
            step.text, step.arguments, step.result, step.error_message = words.get(step.key, [""] * len(WORDS))
        Step.objects.bulk_update(steps, WORDS, batch_size=AT_ONCE)


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0005_transcripts'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
