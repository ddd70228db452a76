"""Which broker instance this is: a disposable broker that was replaced has a new cluster id."""

from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import text

from chassis.cancellation import to_the_end
from chassis.database import Database, Transaction


async def cluster_id(bootstrap: str) -> str:
    """Ask the broker; raises a KafkaError while it cannot be reached."""
    return await to_the_end(_ask(bootstrap))


async def _ask(bootstrap: str) -> str:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5000)
    try:
        await client.start()
        return str((await client.describe_cluster())["cluster_id"])
    finally:
        await client.close()


async def known_cluster(database: Database, role: str) -> str | None:
    """The instance that this service last met, as `role`: its relay or its consumer."""
    async with database.read() as session:
        known = await session.scalar(KNOWN, {"role": role})
    return None if known is None else str(known)


async def remember_cluster(tx: Transaction, role: str, current: str) -> None:
    await tx.session.execute(REMEMBER, {"role": role, "cluster_id": current})


KNOWN = text("SELECT cluster_id FROM bus_instance WHERE role = :role")
REMEMBER = text("""
    INSERT INTO bus_instance (role, cluster_id) VALUES (:role, :cluster_id)
    ON CONFLICT (role) DO UPDATE SET cluster_id = excluded.cluster_id, seen_at = now()
""")
