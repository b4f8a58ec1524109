"""How many tokens a text is for a language model, by o200k, whose ranks the package carries."""

import warnings
from collections.abc import Callable
from functools import cache


@cache
def _encode() -> Callable[[str], list[int]]:
    with warnings.catch_warnings():
        # The package reads its ranks by a way that Python has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import bpe_openai

        return bpe_openai.get_encoding("o200k_base").encode


def tokens(text: str) -> int:
    return len(_encode()(text))
