from chassis.database import new_metadata
from chassis.migrate import run_migrations

run_migrations(new_metadata())
