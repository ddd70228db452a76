from chassis.migrate import run_migrations
from render.models import Base

run_migrations(Base.metadata)
