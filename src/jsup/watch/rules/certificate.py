"""An inspector's certificate was missing, not valid yet, expired, suspended or revoked on the day of the visit."""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="certificate",
    clause="二（三）1",
    quote="严厉清查不具备涉企检查主体资格的组织 and 人员实施的检查行为",
    category="qualification",
    title="检查人员执法证件无效",
    sentence=N_("certificates: {listed}"),
    fact="执法证件无效：{listed}",
    # of a day counts the state that was entered last among those begun by then; a suspension ends by itself
    sql="""
        SELECT record, agency_code, enterprise_code, certificate, problem FROM (
            SELECT v.record, v.agency_code, v.enterprise_code, c.certificate,
                   CASE WHEN i.certificate IS NULL THEN 'unknown'
                        WHEN i.valid_from > v.visited_on THEN 'early'
                        WHEN i.valid_to < v.visited_on THEN 'expired'
                        ELSE (SELECT CASE WHEN s.state = 'suspended' AND s.until_on < v.visited_on THEN NULL
                                          WHEN s.state <> 'valid' THEN s.state END
                              FROM certificate_state s
                              WHERE s.certificate = c.certificate AND s.from_on <= v.visited_on ORDER BY s.id DESC LIMIT 1)
                   END AS problem
            FROM visits v JOIN crew c ON c.certificates = v.certificates
            LEFT JOIN inspector i ON i.certificate = c.certificate
            UNION ALL
            SELECT v.record, v.agency_code, v.enterprise_code, '—', 'missing' FROM visits v
            WHERE v.crew > CASE WHEN v.certificates <> ''
                                THEN LENGTH(v.certificates) - LENGTH(REPLACE(v.certificates, ';', '')) + 1 ELSE 0 END
        ) found
        WHERE problem IS NOT NULL AND (problem <> 'unknown' OR EXISTS (SELECT 1 FROM inspector))
    """,
    listed=("certificate", "problem"),
)
