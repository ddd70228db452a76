from chassis.migrate import run_migrations
from ingest.models import Base

run_migrations(Base.metadata)
