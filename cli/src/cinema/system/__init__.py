"""The whole system on this machine: PostgreSQL, a broker and the five services, supervised."""
