"""An item was inspected that the municipal list does not have, or that was struck from it by that day."""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="item",
    clause="二（三）3",
    quote="对未按照市级行政检查标准开展检查的，责令整改并跟踪进度",
    category="standard",
    title="检查事项不在市级清单内",
    sentence=N_("the item {item} is not in the municipal list"),
    fact="检查事项“{item}”不在市级清单内",
    sql="""
        SELECT v.record, v.agency_code, v.enterprise_code, p.part AS item FROM visits v JOIN item_part p ON p.item = v.item
        WHERE NOT EXISTS (
            SELECT 1 FROM municipal_item m WHERE m.name = p.part AND (m.struck_on IS NULL OR m.struck_on > v.visited_on))
    """,
    wants="municipal_item",
)
