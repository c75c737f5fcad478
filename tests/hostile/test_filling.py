"""Nothing that people write is left out of the sweep."""

import pytest

from tests.accounts.tenants import make_tenant
from tests.hostile.corpus import CORPUS
from tests.hostile.filling import EXEMPT, EXEMPT_MODELS, fill_everything, filled, ours, worded

LEAST = 200


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) == len(set(CORPUS)) > LEAST


def test_exemptions_name_what_exists() -> None:
    assert set(EXEMPT) <= {str(field) for model in ours() for field in worded(model)}
    assert set(EXEMPT_MODELS) <= {model._meta.label for model in ours()}


@pytest.mark.django_db
def test_every_field_of_words_holds_every_string() -> None:
    make_tenant("acme", issue_number=7)
    fill_everything()
    few = {
        str(field): found
        for model in ours()
        for field in filled(model)
        if (found := len({str(value) for value in model._default_manager.values_list(field.name, flat=True)})) < LEAST
    }
    assert few == {}
