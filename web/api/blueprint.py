"""Blueprints of the API: unknown arguments refused everywhere, each operation documented with its permission and its key."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from flask import current_app, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from flask_smorest.utils import prepare_response
from marshmallow import EXCLUDE, RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, NotFound, UnsupportedMediaType

from web.api.schemas.shape import Problem

PREFIX = "/api/v1"
KEY_PARAMETER = "IdempotencyKey"
PROBLEM_TYPE = "application/problem+json"


_MARK = "takes_any_body"
View = TypeVar("View", bound=Callable[..., Any])


def takes_any_body(view: View) -> View:
    """Open a resource to bodies that are not JSON: uploads and procedures. The resource judges them itself."""
    setattr(view, _MARK, True)
    return view


class _Parser(FlaskParser):
    """Unknown names are refused wherever they stand; a body that is no JSON is answered in words."""

    def _handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise BadRequest(
            "Nội dung gửi lên không phải là JSON đúng dạng (UTF-8). Kiểm tra dấu ngoặc, dấu phẩy rồi gửi lại."
        ) from error


_Parser.DEFAULT_UNKNOWN_BY_LOCATION = {**dict.fromkeys(("json", "query", "form", "files"), RAISE), "headers": EXCLUDE}


class Blueprint(SmorestBlueprint):
    """The resources of one noun, under ``PREFIX``."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, noun: str, module: str, *, path: str, description: str) -> None:
        super().__init__(f"api_{noun}", module, url_prefix=PREFIX + path, description=description)
        self.noun = noun
        self._prepare_doc_cbks.append(self._describe)
        self.before_request(_refuse_control_characters)
        self.before_request(_refuse_other_bodies)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags or [self.noun], **options)
        for method in self._docs[endpoint]:
            if method != "parameters":
                self._docs[endpoint][method]["permission"] = getattr(obj, "needed_permission", None)

    @staticmethod
    def _describe(doc: dict[str, Any], doc_info: Mapping[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        doc["x-permission"] = doc_info["permission"]
        # the fields of an upload stand in its body, which the resource documents as a whole
        doc["parameters"] = [p for p in doc.get("parameters", []) if isinstance(p, str) or p["in"] != "form"]
        if method == "post":
            doc["parameters"].append(KEY_PARAMETER)
        return doc


class Interface(Api):
    """The API's document; every refusal is a problem in the sense of RFC 9457."""

    ERROR_SCHEMA = Problem

    def _register_responses(self) -> None:
        response = {"description": "Không thực hiện được: xem `detail` và `errors`.", "schema": self.ERROR_SCHEMA}
        prepare_response(response, self.spec, PROBLEM_TYPE)
        for name in ("DEFAULT_ERROR", "UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"):
            self.spec.components.response(name, dict(response), lazy=True)

    def register_blueprint(self, blp: Blueprint, *, parameters: Any = None, **options: Any) -> None:
        """Register a noun, which the document calls by its own name."""
        super().register_blueprint(blp, parameters=parameters, **options)
        self.spec._tags[-1]["name"] = blp.noun

    def _register_pagination_header(self) -> None:
        """Pages carry their cursor in the body."""

    def _register_etag_headers(self) -> None:
        """Acts name the version they saw in the body."""

    def _register_error_handlers(self) -> None:
        """``web.problems`` answers."""


def _refuse_control_characters() -> None:
    """No name of ours holds any, and a database may refuse to be asked for one."""
    if any(isinstance(value, str) and not value.isprintable() for value in (request.view_args or {}).values()):
        raise NotFound()


def _refuse_other_bodies() -> None:
    """415 where a body comes that is not announced as JSON; no body at all is the resource's to judge."""
    view = current_app.view_functions[request.endpoint or ""]
    if request.method in ("GET", "HEAD", "OPTIONS") or request.is_json or getattr(view, _MARK, False):
        return
    if request.content_length or request.headers.get("Transfer-Encoding"):
        raise UnsupportedMediaType()
