"""Let one synthesizer learn one table: its progress is shown, and Ctrl-C ends the training with the best model so far."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tasks.stage import log
from veil import rng
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.synthesizers import SYNTHESIZERS, EnoughLearnt

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from veil.synthesizers.base import Model, Progress


class Savable(Protocol):
    """A fitted model of any kind."""

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        ...


Saved = TypeVar("Saved", bound=Savable)


@dataclass(frozen=True)
class Lesson:
    """A table to learn, by a method with its parameters.

    Attributes
    ----------
    bar : returns what is called after every epoch; made when the training starts.
    folder : where the model is saved.
    """

    table: str
    method: str
    parameters: Mapping[str, Any]
    seed: int
    bar: Callable[[], Progress]
    folder: Path

    def learn(self, frame: pd.DataFrame, columns: tuple[Column, ...]) -> Model:
        """Let the method of that name fit a table by its rows, and save the model.

        Raises
        ------
        SynthesisFailed : with the table's name before what the synthesizer says.
        """
        synthesizer = SYNTHESIZERS[self.method](**self.parameters)
        return self.fitted(lambda seed, show: synthesizer.fit(frame, columns, seed=seed, progress=show))

    def fitted(self, fit: Callable[[int, Progress], Saved]) -> Saved:
        """Call `fit` with a seed and what is to be called after every epoch, and save the model that it returns.

        Raises
        ------
        SynthesisFailed : as `learn`.
        """
        with interruptible() as interrupted:
            model = self._told(fit, interrupted)
        self.folder.mkdir(mode=0o700, parents=True)
        model.save(self.folder)
        return model

    def _told(self, fit: Callable[[int, Progress], Saved], interrupted: threading.Event) -> Saved:
        progress = self.bar()

        def show(epoch: Epoch, n_epochs: int) -> None:
            progress(epoch, n_epochs)
            losses = {loss.replace(" ", "_"): f"{value:.3f}" for loss, value in epoch.losses.items()}
            log("training", table=self.table, epoch=f"{epoch.epoch}/{n_epochs}", synthesizer=self.method, **losses)
            if interrupted.is_set():
                log("interrupted", table=self.table, synthesizer=self.method, epoch=f"{epoch.epoch}/{n_epochs}")
                raise EnoughLearnt

        failure = ""
        try:
            return fit(rng.integer(self.seed, "fit", self.table), show)
        except SynthesisFailed as error:
            failure = str(error)
        raise SynthesisFailed(f"table `{self.table}`: {failure}")


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Let the first Ctrl-C set the event instead of ending the process; the second one ends it, as ever."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        if event.is_set() and callable(before):
            before(number, frame)
        event.set()

    signal.signal(signal.SIGINT, note)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)
