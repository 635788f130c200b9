"""``quytrinh doctor`` sees whether the database's wall between agencies binds the product's role (R43)."""

import os
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.settings import Settings
from tests import databases
from web import inspection

WALL = "tường giữa các cơ quan"


def wall_of(settings: Settings) -> tuple[bool, str]:
    return next((check.is_good, check.answer) for check in inspection.checks(settings) if check.name == WALL)


@pytest.mark.postgresql
@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="roles of a foreign server are not ours to judge")
def test_an_ordinary_role_is_bound_and_a_superuser_is_named(demo_settings: Settings, postgresql_url: str) -> None:
    superuser = sa.make_url(postgresql_url).set(username=sa.make_url(databases.server()).username)
    assert wall_of(replace(demo_settings, database_url=postgresql_url)) == (True, "row-level security có hiệu lực")
    assert wall_of(replace(demo_settings, database_url=superuser.render_as_string(hide_password=False))) == (
        False,
        "tài khoản cơ sở dữ liệu là superuser hoặc có BYPASSRLS: dùng tài khoản thường",
    )


def test_sqlite_has_no_such_wall(demo_settings: Settings) -> None:
    assert wall_of(demo_settings) == (True, "SQLite không có; quyền xem do chương trình giữ")


def test_an_unset_scanner_is_said(demo_settings: Settings) -> None:
    shown = dict(inspection.effective(demo_settings))
    assert shown["QUYTRINH_SCANNER"] == "chưa đặt: tệp tải lên không quét virus"
