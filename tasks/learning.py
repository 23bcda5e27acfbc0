"""Let one synthesizer learn one table: its progress is shown, and Ctrl-C ends the training with the best model so far."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from tasks.stage import log
from veil import rng
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.synthesizers import SYNTHESIZERS, EnoughLearnt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import pandas as pd

    from veil.synthesizers.base import Model, Progress


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
        """Fit and save.

        Raises
        ------
        SynthesisFailed : with the table's name before what the synthesizer says.
        """
        with interruptible() as interrupted:
            model = self._fitted(frame, columns, interrupted)
        self.folder.mkdir(mode=0o700, parents=True)
        model.save(self.folder)
        return model

    def _fitted(self, frame: pd.DataFrame, columns: tuple[Column, ...], interrupted: threading.Event) -> Model:
        progress = self.bar()

        def show(epoch: Epoch, n_epochs: int) -> None:
            progress(epoch, n_epochs)
            losses = {loss.replace(" ", "_"): f"{value:.3f}" for loss, value in epoch.losses.items()}
            log("training", table=self.table, synthesizer=self.method, epoch=f"{epoch.epoch}/{n_epochs}", **losses)
            if interrupted.is_set():
                log("interrupted", table=self.table, synthesizer=self.method, epoch=f"{epoch.epoch}/{n_epochs}")
                raise EnoughLearnt

        failure = ""
        try:
            synthesizer = SYNTHESIZERS[self.method](**self.parameters)
            return synthesizer.fit(frame, columns, seed=rng.integer(self.seed, "fit", self.table), progress=show)
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
