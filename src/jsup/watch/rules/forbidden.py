"""A body inspected that may never do so, or somebody who is no inspector.

Source: 国办发〔2024〕54号: 政府议事协调机构, third parties, intermediaries, staff without a certificate.
"""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="forbidden",
    clause="二（三）1",
    quote="严厉清查不具备涉企检查主体资格的组织 and 人员实施的检查行为",
    category="qualification",
    title="不得实施行政检查的主体实施检查",
    sentence=N_("{who} may never inspect"),
    fact="{who}不得实施行政检查",
    # `never` holds the month's bodies, agencies and inspectors whose names bear the bureau's words; what stands in the
    # register as an agency of its own is settled there, whatever its name
    sql="""
        SELECT v.record, v.agency_code, v.enterprise_code,
               CASE WHEN n.kind = 'agency' THEN COALESCE(v.agency, v.agency_code) ELSE n.name END AS who
        FROM visits v JOIN never n ON (n.kind = 'body' AND n.name = v.body) OR (n.kind = 'crew' AND n.name = v.inspectors)
                                   OR (n.kind = 'agency' AND n.name = v.agency_code)
    """,
)
