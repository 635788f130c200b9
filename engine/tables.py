"""Every table of the product in one place: importing this module makes ``metadata`` complete."""

from sqlalchemy import MetaData

from engine.calendar import models as calendar_models
from engine.cases import idempotency_models, migration_models, search_models, subject_models
from engine.cases import models as cases_models
from engine.db import Base
from engine.dossiers import clock_models
from engine.dossiers import models as dossiers_models
from engine.files import models as files_models
from engine.journal import models as journal_models
from engine.outbox import models as outbox_models
from engine.people import delegation_models, signature_models
from engine.people import models as people_models
from engine.procedures import models as procedures_models
from engine.procedures import play_models
from engine.registers import models as registers_models
from engine.schedule import models as schedule_models

#: The modules that declare tables, from the lowest folder up; ``tests/house`` finds a forgotten one.
MODULES = (
    calendar_models,
    journal_models,
    people_models,
    delegation_models,
    signature_models,
    files_models,
    outbox_models,
    procedures_models,
    play_models,
    cases_models,
    idempotency_models,
    migration_models,
    search_models,
    subject_models,
    registers_models,
    dossiers_models,
    clock_models,
    schedule_models,
)

metadata: MetaData = Base.metadata
