"""A sentence-transformers model of a few kilobytes, made here: what an operator may name instead of ours."""

from pathlib import Path

WORDS = ("refund", "claimed", "a", "that", "had", "failed", "looped", "on", "search", "order", "said", "the", "not")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
DIMENSIONS = 16


def make_tiny_model(folder: Path) -> str:
    """Writes it there, with weights drawn from one seed; returns the folder as a setting names it."""
    # Torch takes seconds to import: only the tests that use a model pay for it.
    import torch  # noqa: PLC0415  # as said above
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as said above
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer  # noqa: PLC0415  # as said above
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415  # as said above

    parts = folder.with_name(f"{folder.name}-parts")
    parts.mkdir()
    (parts / "vocab.txt").write_text("\n".join((*SPECIAL, *WORDS)))
    BertTokenizer(str(parts / "vocab.txt")).save_pretrained(parts)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(WORDS),
        hidden_size=DIMENSIONS,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    BertModel(config).save_pretrained(parts)
    reader = Transformer(str(parts))
    SentenceTransformer(modules=[reader, Pooling(DIMENSIONS)], device="cpu").save(str(folder))
    return str(folder)
