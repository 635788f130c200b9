"""The anchor: stock SpiffWorkflow with its own serializer, the whole instance loaded and saved for each step."""

import itertools
import sqlite3
from typing import Any

import psycopg
import sqlalchemy as sa
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from tests.bench import model
from tests.bench.bare import libpq, sqlite_connection


class Stock:
    """Runs the benchmark model case after case; ``run(steps)`` completes that many user tasks, each committed."""

    def __init__(self, url: str) -> None:
        address = sa.make_url(url)
        is_sqlite = address.get_backend_name() == "sqlite"
        self._connection: sqlite3.Connection | psycopg.Connection[Any]
        self._connection = sqlite_connection(str(address.database)) if is_sqlite else psycopg.connect(libpq(address))
        self._execute: Any = self._connection.execute
        self._mark = "?" if is_sqlite else "%s"
        self._begin = "BEGIN IMMEDIATE" if is_sqlite else None
        self._execute("CREATE TABLE stock_case (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
        self._execute("CREATE TABLE stock_journal (id INTEGER PRIMARY KEY, content TEXT NOT NULL)")
        self._connection.commit()
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(model.benchmark(quote='"', yes="again == True")))
        self._specs = parser.get_spec("main"), parser.get_subprocess_specs("main")
        self._numbers, self._steps = itertools.count(1), itertools.count(1)
        self._case: int | None = None

    def run(self, steps: int) -> int:
        """Complete ``steps`` user tasks; returns how many."""
        for _ in range(steps):
            if self._case is None:
                self._open()
            self._step()
        return steps

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()

    def _open(self) -> None:
        workflow = BpmnWorkflow(*self._specs)
        workflow.task_tree.data.update(model.DATA)
        workflow.do_engine_steps()
        self._case = next(self._numbers)
        self._write(f"INSERT INTO stock_case VALUES ({self._case}, {self._mark})", self._serializer.serialize_json(workflow))

    def _step(self) -> None:
        if self._begin:
            self._execute(self._begin)
        state = self._execute(f"SELECT state FROM stock_case WHERE id = {self._case}").fetchone()[0]
        workflow = self._serializer.deserialize_json(state)
        task = next(task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual)
        task.run()
        workflow.do_engine_steps()
        kept = self._serializer.serialize_json(workflow)
        self._execute(f"INSERT INTO stock_journal VALUES ({next(self._steps)}, {self._mark})", (task.task_spec.name,))
        self._execute(f"UPDATE stock_case SET state = {self._mark} WHERE id = {self._case}", (kept,))
        self._connection.commit()
        if workflow.is_completed():
            self._case = None

    def _write(self, statement: str, value: str) -> None:
        if self._begin:
            self._execute(self._begin)
        self._execute(statement, (value,))
        self._connection.commit()
