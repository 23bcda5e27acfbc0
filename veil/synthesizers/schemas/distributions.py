"""Numbers from declared distributions, within declared bounds: what falls outside is drawn again, never moved to the edge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from veil.errors import SynthesisFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
MAX_ROUNDS = 100
MAX_RANKS = 1_000_000
LARGEST = 1e15

Distribution = Literal["uniform", "normal", "lognormal", "exponential", "poisson", "zipf"]
SETTINGS: Final = ("low", "high", "mean", "deviation", "median", "log_deviation", "exponent")
NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "uniform": ("low", "high"),
    "normal": ("mean", "deviation"),
    "lognormal": ("median", "log_deviation"),
    "exponential": ("mean",),
    "poisson": ("mean",),
    "zipf": ("exponent", "high"),
}
OPTIONAL: Final = {"zipf": (), "uniform": (), **dict.fromkeys(("normal", "lognormal", "exponential", "poisson"), ("low", "high"))}


def _finite(value: float) -> float:
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise ValueError(f"a number between -{LARGEST:.0e} and {LARGEST:.0e} is expected")
    return value


Number = Annotated[float, AfterValidator(_finite)]
Positive = Annotated[float, Field(gt=0), AfterValidator(_finite)]


class Numbers(BaseModel):
    """A distribution of numbers.

    `uniform`: from `low` to `high`. `normal`: `mean`, `deviation`. `lognormal`: `median`, and the `log_deviation` of logarithms.
    `exponential`: its `mean`, from `low` on. `poisson`: `mean`. `zipf`: the numbers 1 to `high`, each as often as its power of
    `-exponent`. All but zipf stay within `low` and `high` where these are given.
    """

    model_config = STRICT

    distribution: Distribution = "uniform"
    low: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    deviation: Positive | None = None
    median: Positive | None = None
    log_deviation: Positive | None = None
    exponent: Positive | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Numbers:
        needed, allowed = NEEDED[self.distribution], (*NEEDED[self.distribution], *OPTIONAL[self.distribution])
        said = [name for name in SETTINGS if getattr(self, name) is not None]
        missing = [name for name in needed if name not in said]
        if missing:
            raise ValueError(f"`{self.distribution}` needs {' and '.join(f'`{name}`' for name in missing)}")
        for name in said:
            if name not in allowed:
                known = ", ".join(f"`{own}`" for own in allowed)
                raise ValueError(f"`{name}` means nothing for `{self.distribution}`; it has {known}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` is more than `high`")
        if self.distribution in ("exponential", "poisson") and (self.mean or 0) <= 0:
            raise ValueError(f"the `mean` of `{self.distribution}` is above 0")
        if self.distribution == "zipf" and not 1 <= (self.high or 0) <= MAX_RANKS:
            raise ValueError(f"the `high` of `zipf` is from 1 to {MAX_RANKS}")
        return self

    def draw(self, n_rows: int, rng: np.random.Generator, *, places: int | None, what: str) -> Floats:
        """Return `n_rows` numbers within the bounds.

        Parameters
        ----------
        places : decimals to round to, before the bounds are looked at; None for no rounding.
        what : is drawn, for messages.

        Raises
        ------
        SynthesisFailed : in a hundred rounds too few numbers fell within the bounds.
        """
        low, high = -np.inf if self.low is None else self.low, np.inf if self.high is None else self.high
        numbers = np.empty(n_rows)
        missing = np.arange(n_rows)
        for _ in range(MAX_ROUNDS):
            drawn = self._drawn(len(missing), rng, places)
            drawn = drawn if places is None else np.round(drawn, places) + 0.0
            inside = (drawn >= low) & (drawn <= high) & (np.abs(drawn) <= LARGEST)
            numbers[missing[inside]] = drawn[inside]
            missing = missing[~inside]
            if not len(missing):
                return numbers
        raise SynthesisFailed(f"{what}: {len(missing)} of {n_rows} numbers of the `{self.distribution}` distribution do not fall "
                              "between `low` and `high`; widen the bounds, or move the distribution")  # fmt: skip

    def _drawn(self, n_rows: int, rng: np.random.Generator, places: int | None) -> Floats:
        if self.distribution == "uniform":
            return self._uniform(n_rows, rng, places)
        if self.distribution == "zipf":
            weights = np.arange(1, int(self.high or 1) + 1, dtype=np.float64) ** -(self.exponent or 1.0)
            edges = np.cumsum(weights / weights.sum())
            return 1.0 + np.minimum(np.searchsorted(edges, rng.random(n_rows), side="right"), len(edges) - 1)
        if self.distribution == "normal":
            return rng.normal(self.mean or 0.0, self.deviation or 1.0, n_rows)
        if self.distribution == "lognormal":
            return np.asarray((self.median or 1.0) * np.exp((self.log_deviation or 1.0) * rng.standard_normal(n_rows)))
        if self.distribution == "exponential":
            return (self.low or 0.0) + rng.exponential(self.mean or 1.0, n_rows)
        return rng.poisson(self.mean or 1.0, n_rows).astype(np.float64)

    def _uniform(self, n_rows: int, rng: np.random.Generator, places: int | None) -> Floats:
        low, high = self.low or 0.0, self.high or 0.0
        if places is None:
            return low + (high - low) * rng.random(n_rows)
        step = 10.0**places
        first, last = math.ceil(low * step - 1e-6), math.floor(high * step + 1e-6)
        if first > last:
            return np.full(n_rows, np.nan)
        return np.asarray(rng.integers(first, last + 1, n_rows) / step)
