"""Pages and API under gunicorn, for as many processes as the machine carries."""

from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from engine.settings import Settings
from web import collecting
from web.app import create_app


class Server(BaseApplication):
    """Gunicorn with our settings; each of its processes makes its own application."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = {**options, "worker_class": Worker}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        app = create_app(self._settings)
        collecting.settle()
        return app


class Worker(ThreadWorker):
    """A process that, told to end, answers whoever is connected already and lets nobody connect after that (R26).

    Gunicorn's own keeps its address open until its last answer and takes no more connections there: whoever connects
    meanwhile is cut off, with a request that a proxy may not send again. Here they are taken first and the address is closed
    at once, so that the proxy goes to the next process.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Also called by gunicorn while too many are connected; only the end of the process closes the address."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            listener.setblocking(False)
            before = -1
            while self.nr_conns != before:
                before = self.nr_conns
                self.accept(listener)
            listener.close()
