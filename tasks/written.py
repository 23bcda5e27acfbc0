"""Notes of a stand-in, written by what enough data subjects wrote in a column of redacted notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


def written(
    texts: pd.Series[Any],
    subjects: npt.NDArray[Any],
    support: int,
    *,
    groups: tuple[pd.Series[Any], pd.Series[Any]] | None,
    n_rows: int,
    seed: int,
) -> pd.Series[Any]:
    """Return `n_rows` notes, each marked as synthetic.

    Parameters
    ----------
    texts, subjects : of the training rows: redacted notes, None where there is none, and whose each is.
    support : data subjects who must have written a thing for it to be written.
    groups : by which level each training note was written, and each new one is to be; None for none.

    Raises
    ------
    SynthesisFailed : too few people wrote, or each so differently that nothing can be written by that rule.
    """
    import pandas as pd

    from veil.synthesizers.text import TextModel

    known, wanted = (None, None) if groups is None else (groups[0].tolist(), groups[1].tolist())
    model = TextModel.fit(texts.tolist(), groups=known, subjects=subjects.tolist(), support=support, seed=seed)
    return pd.Series(model.sample(n_rows, groups=wanted, seed=seed), dtype=object)
