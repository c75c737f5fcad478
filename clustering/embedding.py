"""Gives each failure its vector. The work is found by looking, so that running it twice changes nothing."""

import logging

from django.db import transaction

from annotate.models import Failure
from clustering.engine.embed import BATCH, EmbedderBroken, get_embedder, to_bytes
from clustering.engine.mask import TEXT_VERSION, comparable
from clustering.models import EmbedderFault, Embedding
from clustering.queries import model_name, read_surroundings, waiting_for_embedding

log = logging.getLogger(__name__)


def embed_waiting(most: int = 40 * BATCH) -> int:
    """Embeds up to `most` failures that wait, a batch at a time. Returns how many it did; a broken model does none."""
    done = 0
    while done < most and (batch := list(waiting_for_embedding()[:BATCH])):
        try:
            _embed(batch)
        except EmbedderBroken as error:
            _note_fault(str(error))
            return done
        done += len(batch)
    if done:
        EmbedderFault.objects.filter(model_name=model_name()).delete()
    return done


def _embed(batch: list[Failure]) -> None:
    embedder = get_embedder(model_name())
    texts = text_of(batch)
    # The model works outside of any transaction: on SQLite a writer would keep everyone else waiting.
    vectors = embedder.embed([texts[failure.pk] for failure in batch])
    Embedding.objects.bulk_create(
        [
            Embedding(
                project_id=failure.project_id,
                failure=failure,
                model_name=model_name(),
                text_version=TEXT_VERSION,
                text=texts[failure.pk],
                vector=to_bytes(vector),
                failure_updated_at=failure.updated_at,
            )
            for failure, vector in zip(batch, vectors, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["failure", "model_name", "text_version"],
        update_fields=["text", "vector", "failure_updated_at"],
    )


def text_of(failures: list[Failure]) -> dict[int, str]:
    """The comparable text of each failure, by its id."""
    around = read_surroundings(failures)
    return {
        failure.pk: comparable(
            failure.note,
            step=around[failure.pk].step,
            names=around[failure.pk].names,
        )
        for failure in failures
    }


def _note_fault(reason: str) -> None:
    log.error("%s Failures wait until it works.", reason)
    with transaction.atomic():
        EmbedderFault.objects.update_or_create(model_name=model_name(), defaults={"reason": reason})
