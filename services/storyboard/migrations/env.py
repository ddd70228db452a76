from chassis.migrate import run_migrations
from storyboard.models import Base

run_migrations(Base.metadata)
