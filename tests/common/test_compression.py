"""Bytes into fewer bytes and back, also from several threads at once."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from common.compression import compress, decompress, first_bytes


@given(st.binary(max_size=5_000), st.integers(0, 6_000))
def test_compressed_bytes_come_back(data: bytes, size: int) -> None:
    assert decompress(compress(data)) == data
    assert first_bytes(compress(data), size) == data[:size]


def test_threads_do_not_disturb_each_other() -> None:
    data = [bytes([number]) * 100_000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: decompress(compress(one)), data)) == data
