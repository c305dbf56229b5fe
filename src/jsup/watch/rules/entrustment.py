"""An entrusted body inspected without an entrustment, outside its term or outside its scope."""

from jsup.errors import N_
from jsup.watch.rules import Rule

_HELD = "e.organ_code = v.agency_code AND e.body = v.body"
_IN_TERM = "v.visited_on BETWEEN e.from_on AND e.to_on AND (e.ended_on IS NULL OR e.ended_on > v.visited_on)"

_SCOPE = "(';' || e.scope || ';')"

RULE = Rule(
    key="entrustment",
    clause="二（三）1",
    quote="重点审查受委托组织的委托权限和期限",
    category="entrustment",
    title="受委托组织超出委托权限、期限检查",
    sentence=N_("{body} inspected {problem}"),
    fact="{body}{problem}实施检查",
    # an item stands in a scope if taking it out changes the scope: both stores can tell so; 、 may stand between items or in one
    sql=f"""
        SELECT v.record, v.agency_code, v.enterprise_code, v.body,
               CASE WHEN NOT EXISTS (SELECT 1 FROM entrustment e WHERE {_HELD}) THEN 'unentrusted'
                    WHEN NOT EXISTS (SELECT 1 FROM entrustment e WHERE {_HELD} AND {_IN_TERM}) THEN 'term'
                    ELSE 'scope' END AS problem
        FROM visits v
        WHERE v.body <> '' AND v.body <> COALESCE(v.agency, '') AND NOT EXISTS (
            SELECT 1 FROM entrustment e
            WHERE {_HELD} AND {_IN_TERM}
              AND (e.scope = '全部' OR NOT EXISTS (
                  SELECT 1 FROM item_part p
                  WHERE p.item = v.item AND REPLACE({_SCOPE}, ';' || p.part || ';', '') = {_SCOPE}
                    AND REPLACE(REPLACE({_SCOPE}, '、', ';'), ';' || p.part || ';', '') = REPLACE({_SCOPE}, '、', ';'))))
    """,
)
