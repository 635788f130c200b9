"""What a step costs: the engine against stock SpiffWorkflow with its own serializer, on the same model, step by step."""

import time
from collections.abc import Callable

from engine.flow import model as models
from engine.flow import run
from engine.flow.model import Model
from tests.bench.model import VALUES, benchmark
from tests.flow.stock import Stock


def walk_engine(model: Model) -> int:
    """One case to its end; its steps."""
    move, steps = run.start(model, VALUES), 0
    open_steps = {wait.token for wait in move.opened if wait.kind == "user"}
    while not move.is_completed:
        move = run.complete(model, move.marking, min(open_steps), VALUES)
        open_steps = open_steps - set(move.closed) | {wait.token for wait in move.opened if wait.kind == "user"}
        steps += 1
    return steps


def walk_stock() -> int:
    """The same with stock SpiffWorkflow, saved and loaded at each step."""
    stock, steps = Stock(benchmark('"'), VALUES), 0
    while not stock.is_completed:
        stock.save_and_load()
        stock.act(next(element for element in stock.open if not element.startswith("b_")), VALUES)
        steps += 1
    return steps


def seconds_per_step(walk: Callable[[], int]) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        steps = walk()
        best = min(best, (time.perf_counter() - begun) / steps)
    return best


def test_a_step_costs_a_fraction_of_stock() -> None:
    model, forgetful = models.load(benchmark(), "bench"), models.load(benchmark(), "forgetful")
    forgetful.memo.size = 0
    stock = seconds_per_step(walk_stock)
    plain, remembered = seconds_per_step(lambda: walk_engine(forgetful)), seconds_per_step(lambda: walk_engine(model))
    print(f"stock {stock * 1e6:.0f} µs, engine {plain * 1e6:.0f} µs, remembered {remembered * 1e6:.1f} µs per step")
    assert stock / plain > 10
    assert stock / remembered > 50


def test_a_waiting_case_is_a_few_bytes() -> None:
    model = models.load(benchmark(), "bench")
    assert len(run.start(model, VALUES).marking) < 100
