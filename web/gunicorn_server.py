"""Pages and API under gunicorn, for as many processes as the machine carries."""

from typing import Any

from gunicorn.app.base import BaseApplication

from engine.settings import Settings
from web.app import create_app


class Server(BaseApplication):
    """Gunicorn with our settings; each of its processes makes its own application."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self._settings)
