-- Who may do what with a ledger on PostgreSQL. Run it once as the ledger's owner, the account that ran `jsup init`:
--     psql ADDRESS -f roles.sql
-- then give each person one role:  GRANT jsup_officer TO li;  GRANT jsup_reader TO wang;
-- `jsup migrate` and `jsup restore` run it again, so that what they make has the same rights.
--
-- reader   sees everything, writes nothing.
-- officer  enters what is new and corrects what there is, as jsup does; deletes nothing, and cannot touch what the journal
--          holds already.
-- owner    made the ledger, migrates and restores it. Nothing binds the owner but a seal kept elsewhere.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'jsup_reader') THEN CREATE ROLE jsup_reader NOLOGIN; END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'jsup_officer') THEN CREATE ROLE jsup_officer NOLOGIN; END IF;
END
$$;
REVOKE ALL ON SCHEMA jsup FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA jsup FROM PUBLIC, jsup_reader, jsup_officer;
GRANT USAGE ON SCHEMA jsup TO jsup_reader, jsup_officer;
GRANT SELECT ON ALL TABLES IN SCHEMA jsup TO jsup_reader, jsup_officer;
GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA jsup TO jsup_officer;
REVOKE INSERT, UPDATE ON jsup.alembic_version FROM jsup_officer;
REVOKE UPDATE ON jsup.journal FROM jsup_officer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jsup TO jsup_officer;
