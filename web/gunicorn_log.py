"""Gunicorn's own words, in the form of our log; a part of its own because gunicorn is a Unix library."""

from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from web import metrics


class Log(Logger):
    """Everything gunicorn says of its processes goes where ours goes."""

    def setup(self, cfg: Config) -> None:
        """Without its own handlers."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def child_exit(_server: Any, worker: Any) -> None:
    """A process ended: its connections are no more."""
    metrics.forget(worker.pid)
