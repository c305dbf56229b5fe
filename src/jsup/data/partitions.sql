-- Lay the inspections of a ledger on PostgreSQL out by month. Run it as the ledger's owner, when nobody works, and the rights
-- after it; then once each December, which adds the months of the coming year and a half:
--     psql ADDRESS -v ON_ERROR_STOP=1 -f partitions.sql -f roles.sql
-- No command and no statement of jsup changes. `jsup restore` makes the table anew as one: run this again after it.
--
-- A partition for each month that has inspections, and for each month up to the end of next year; whatever has none lies in
-- `inspection_other`, until the next run. The first run copies the table: it wants as much free disk as the table takes.
-- A key of a table by month must hold the day, so the server sees to it only within a day that an id, or a record's version, is
-- there once. Across days jsup does, whose writers wait for one another, and `jsup verify` tells where it is not so.
DO $$
DECLARE
    first CONSTANT date := '0001-01-01';  -- the day that is number 1
    made text[] := '{}';
    said text;
    month date;
    part text;
    since integer;
    until integer;
BEGIN
    PERFORM set_config('search_path', 'jsup', true);
    PERFORM pg_advisory_xact_lock(0x6A737570);  -- as every writer does
    LOCK TABLE inspection IN ACCESS EXCLUSIVE MODE;
    IF (SELECT relkind FROM pg_class WHERE oid = 'inspection'::regclass) = 'r' THEN
        FOR part, said IN
            SELECT DISTINCT c.relname, pg_get_viewdef(c.oid) FROM pg_depend d
            JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = 'inspection'::regclass AND c.relkind = 'v'
        LOOP
            made := made || format('CREATE VIEW %I AS %s', part, said);
            EXECUTE format('DROP VIEW %I', part);
        END LOOP;
        FOR said IN
            SELECT pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = 'inspection'::regclass AND NOT indisunique ORDER BY indexrelid
        LOOP
            made := made || said;
        END LOOP;
        ALTER TABLE inspection RENAME TO inspection_old;
        CREATE TABLE inspection (LIKE inspection_old INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (day);
        ALTER SEQUENCE inspection_id_seq OWNED BY inspection.id;
        CREATE TABLE inspection_other PARTITION OF inspection DEFAULT;
    ELSE
        CREATE TEMP TABLE inspection_old (day integer) ON COMMIT DROP;
    END IF;
    FOR month IN
        SELECT DISTINCT date_trunc('month', first + (day - 1))
        FROM (SELECT day FROM inspection_old UNION SELECT day FROM inspection_other) d
        UNION
        SELECT generate_series(date_trunc('year', current_date), date_trunc('year', current_date) + interval '23 months', '1 month')
        ORDER BY 1
    LOOP
        part := to_char(month, '"inspection_"YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        since := month - first + 1;
        until := (month + interval '1 month')::date - first + 1;
        EXECUTE format('CREATE TABLE %I (LIKE inspection INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('WITH moved AS (DELETE FROM inspection_other WHERE day >= %s AND day < %s RETURNING *)'
                       ' INSERT INTO %I SELECT * FROM moved', since, until, part);
        EXECUTE format('ALTER TABLE inspection ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', part, since, until);
    END LOOP;
    IF to_regclass('jsup.inspection_old') IS NOT NULL THEN
        INSERT INTO inspection SELECT * FROM jsup.inspection_old;
        DROP TABLE jsup.inspection_old;
        ALTER TABLE inspection ADD PRIMARY KEY (id, day);
        CREATE UNIQUE INDEX inspection_record ON inspection (record, version, day);
        FOREACH said IN ARRAY made LOOP
            EXECUTE said;
        END LOOP;
    END IF;
END
$$;
VACUUM (ANALYZE) jsup.inspection;
