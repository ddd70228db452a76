from analysis.models import Base
from chassis.migrate import run_migrations

run_migrations(Base.metadata)
