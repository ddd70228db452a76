"""Accounts, projects and jobs, and read models of assets, outputs and scenes."""

from alembic import op

from chassis.migrations import create_tables, drop_tables

revision = "0001"
down_revision = None

DATED = """
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
"""

ACCOUNTS = (
    f"""
    CREATE TABLE users (
        id uuid PRIMARY KEY,
        email text NOT NULL,
        password_hash text NOT NULL,
        is_active boolean NOT NULL DEFAULT true,
        is_verified boolean NOT NULL DEFAULT false,
        {DATED}
    )
    """,
    "CREATE UNIQUE INDEX users_email_key ON users (lower(email))",
    f"""
    CREATE TABLE profiles (
        id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        display_name text,
        avatar_url text,
        notification_prefs jsonb NOT NULL
            DEFAULT '{{"job_complete": true, "job_failed": true}}',
        stripe_customer_id text,
        {DATED}
    )
    """,
    "CREATE INDEX profiles_stripe_customer_id_idx ON profiles (stripe_customer_id)",
)

PROJECTS = (
    f"""
    CREATE TABLE projects (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
        brief text NOT NULL DEFAULT '',
        prompt_text text,
        niche_preset text CHECK (niche_preset IN
            ('motivation', 'explainer', 'facts', 'history', 'finance', 'science')),
        target_minutes integer CHECK (target_minutes BETWEEN 1 AND 10),
        voice_profile_id uuid,
        transcript_mode text NOT NULL DEFAULT 'auto'
            CHECK (transcript_mode IN ('auto', 'manual')),
        transcript_text text,
        settings jsonb NOT NULL DEFAULT '{{}}',
        {DATED}
    )
    """,
    "CREATE INDEX projects_user_id_idx ON projects (user_id, id DESC)",
    f"""
    CREATE TABLE assets (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        role text,
        status text NOT NULL DEFAULT 'submitted'
            CHECK (status IN ('submitted', 'ingested', 'analysed', 'rejected')),
        type text CHECK (type IN ('video', 'audio', 'image')),
        content_type text NOT NULL,
        storage_path text NOT NULL,
        thumbnail_path text,
        sha256 text,
        size_bytes bigint NOT NULL,
        duration_us bigint,
        width integer,
        height integer,
        fps numeric(8, 4),
        media jsonb,
        error_code text,
        error_message text,
        {DATED}
    )
    """,
    "CREATE INDEX assets_project_id_idx ON assets (project_id, id DESC)",
    "CREATE INDEX assets_user_id_idx ON assets (user_id)",
)

JOBS = (
    f"""
    CREATE TABLE jobs (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        revision bigint NOT NULL,
        attempt integer NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'queued', 'processing',
            'storyboard_review', 'rendering', 'completed', 'failed', 'canceled')),
        stage text NOT NULL CHECK (stage IN
            ('upload_ready', 'analysis', 'edl', 'rendering', 'finalizing')),
        progress integer NOT NULL CHECK (progress BETWEEN 0 AND 100),
        status_message text NOT NULL,
        config jsonb NOT NULL,
        idempotency_key text,
        storyboard_version integer NOT NULL,
        storyboard_status text,
        director text,
        failed_step text,
        error_code text,
        error_message text,
        manifest_json jsonb,
        started_at timestamptz,
        finished_at timestamptz,
        {DATED},
        UNIQUE (project_id, idempotency_key)
    )
    """,
    "CREATE INDEX jobs_project_id_idx ON jobs (project_id, id DESC)",
    "CREATE INDEX jobs_user_id_idx ON jobs (user_id, id DESC)",
    "CREATE INDEX jobs_status_idx ON jobs (status)",
    "CREATE INDEX jobs_created_at_idx ON jobs (created_at DESC)",
    """
    CREATE TABLE job_assets (
        job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
        asset_id uuid NOT NULL REFERENCES assets ON DELETE CASCADE,
        position integer NOT NULL,
        PRIMARY KEY (job_id, asset_id)
    )
    """,
    "CREATE INDEX job_assets_asset_id_idx ON job_assets (asset_id)",
    """
    CREATE TABLE job_steps (
        id uuid PRIMARY KEY,
        job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
        step_name text NOT NULL,
        step_order integer NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'started', 'succeeded', 'failed')),
        progress_pct integer NOT NULL CHECK (progress_pct BETWEEN 0 AND 100),
        status_message text NOT NULL,
        error_message text,
        started_at timestamptz,
        finished_at timestamptz,
        UNIQUE (job_id, step_name)
    )
    """,
    f"""
    CREATE TABLE outputs (
        id uuid PRIMARY KEY,
        job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position integer NOT NULL,
        output_type text NOT NULL,
        aspect_ratio text NOT NULL,
        status text NOT NULL
            CHECK (status IN ('queued', 'rendering', 'completed', 'failed', 'canceled')),
        progress integer NOT NULL CHECK (progress BETWEEN 0 AND 100),
        facts jsonb,
        artifacts jsonb NOT NULL,
        error_code text,
        error_message text,
        {DATED},
        UNIQUE (job_id, output_type, aspect_ratio)
    )
    """,
)

STORYBOARDS = (
    """
    CREATE TABLE scenes (
        job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
        scene_number integer NOT NULL,
        id uuid NOT NULL,
        duration_us bigint NOT NULL,
        description text NOT NULL,
        script text NOT NULL,
        shot_type text NOT NULL,
        transition text NOT NULL,
        assets jsonb NOT NULL,
        reason text NOT NULL,
        metadata jsonb NOT NULL,
        PRIMARY KEY (job_id, scene_number)
    )
    """,
    """
    CREATE TABLE storyboard_actions (
        id uuid PRIMARY KEY,
        job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
        action text NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        answered_at timestamptz,
        error_code text,
        error_message text
    )
    """,
    "CREATE INDEX storyboard_actions_job_id_idx ON storyboard_actions (job_id)",
)

UPDATED_AT = """
    CREATE FUNCTION update_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at = now();
        RETURN NEW;
    END $$
"""

DATED_TABLES = ("users", "profiles", "projects", "assets", "jobs", "outputs")
TABLES = ("users", "profiles", "projects", "assets", "jobs", "job_assets", "job_steps")


def upgrade() -> None:
    create_tables(op)
    for statement in (*ACCOUNTS, *PROJECTS, *JOBS, *STORYBOARDS, UPDATED_AT):
        op.execute(statement)
    for table in DATED_TABLES:
        op.execute(
            f"CREATE TRIGGER tr_{table}_updated BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION update_updated_at()"
        )


def downgrade() -> None:
    for table in reversed((*TABLES, "outputs", "scenes", "storyboard_actions")):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION update_updated_at")
    drop_tables(op)
