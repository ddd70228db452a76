"""Projects: folders for assets, jobs and their outputs."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select

from gateway.composition import GatewayPart, UserId
from gateway.models import Project
from gateway.paging import PageWanted, page
from gateway.repository import owned
from gateway.schemas.base import Envelope, Page
from gateway.schemas.projects import NewProject, ProjectView
from gateway.vocabulary import ProjectStatus

router = APIRouter(tags=["projects"])


@router.post("/projects", status_code=201)
async def create_project(
    wanted: NewProject, user_id: UserId, gateway: GatewayPart
) -> Envelope[ProjectView]:
    """Make a project."""
    async with gateway.database.transaction() as tx:
        project = Project(user_id=user_id, **wanted.model_dump())
        tx.session.add(project)
        await tx.session.flush()
        await tx.session.refresh(project)
    return Envelope(data=ProjectView.model_validate(project))


@router.get("/projects")
async def list_projects(
    user_id: UserId,
    gateway: GatewayPart,
    wanted: PageWanted,
    status: ProjectStatus | None = None,
) -> Page[ProjectView]:
    """List projects, newest first."""
    query = select(Project).where(Project.user_id == user_id)
    if status:
        query = query.where(Project.status == status)
    if wanted.cursor:
        query = query.where(Project.id < wanted.cursor)
    async with gateway.database.read() as session:
        rows = await session.scalars(query.order_by(Project.id.desc()).limit(wanted.fetch))
        return page(rows.all(), wanted, ProjectView.model_validate)


@router.get("/projects/{project_id}")
async def read_project(
    project_id: UUID, user_id: UserId, gateway: GatewayPart
) -> Envelope[ProjectView]:
    """Get one project."""
    async with gateway.database.read() as session:
        project = await owned(session, Project, user_id, project_id)
    return Envelope(data=ProjectView.model_validate(project))
