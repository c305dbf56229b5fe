#!/bin/sh
# One of each paper, from the district's real register and made-up findings. Run it here: sh papers.sh.
# It makes papers.db and papers/ beside itself and can be run again.
# 每种文书各一份：真实名录，虚拟问题。
set -eu
cd "$(dirname "$0")"
rm -rf papers.db papers
export JSUP_LEDGER=papers.db JSUP_OFFICER=经办人

day() { on=$1; shift; echo "\$ jsup --today $on $*"; jsup --today "$on" "$@" > /dev/null; }
draft() { on=$1; shift; day "$on" paper draft "$@" --out papers; }

day 2026-07-01 init
day 2026-07-01 agency import agencies-jinshan.csv

# 抽查 · The draw and the notices to the drawn agencies.
day 2026-07-02 sample --quarter 2026Q3 --public-value SSQ-2026075
draft 2026-07-03 draw-notice --quarter 2026Q3 --agency "$(jsup sample status --quarter 2026Q3 --json |
    sed -n 's/^ *"uid": "\(.*\)",$/\1/p' | head -n 1)"

# 线索 · A clue handed over within the bureau.
draft 2026-08-28 clue-slip --set sender=行政复议科 --set receiver=行政执法监督科 --set to=行政执法监督科 --set channel=行政复议 \
    --set clue='复议案件审理中发现，同一企业在八月内被检查三次。' --set reason=涉及重复检查 --set materials=复议案卷摘录一份

# 第一步 · Warnings by telephone, by letter and by order.
day 2026-09-01 finding add --agency JS-SCJG --category repeat --title 一个月内对同一企业重复检查 --source 抽查 \
    --facts '调取检查记录，8月3日、8月14日、8月28日对同一企业实施检查三次，检查事项相同。
三次检查均未列入年度检查计划，也未说明触发式检查的启动情形。' --basis 金司〔2025〕26号一、二（三）4
day 2026-09-01 finding add --agency JS-SCJG --category gifts --title 检查人员接受企业馈赠 --source 抽查 \
    --facts 8月28日检查结束后，检查人员接受企业赠送的土特产两盒。 --basis 国办发〔2024〕54号“八个不得”
day 2026-09-01 finding add --agency 310116102 --category code --title 入企检查未应用检查码 --source 执法系统数据监督 \
    --facts 8月的十二次入企检查中有五次没有检查码记录。 --basis 金司〔2025〕26号二（三）3
day 2026-09-02 warn 2026-0003 --method letter --rectify-by 2026-09-18
draft 2026-09-02 reminder 2026-0003
day 2026-09-08 warn 2026-0001 2026-0002 --method phone --rectify-by 2026-09-18 --by 监督科工作人员 --receiver 执法科负责人 \
    --reply 将核查后整改
draft 2026-09-08 warning-record 2026-0001 2026-0002
day 2026-09-18 confirm 2026-0001 2026-0002 --unrectified
day 2026-09-01 finding add --agency JS-SWJU --category plan --title 检查计划未统筹安排 --source 12345 \
    --facts 八月的两项检查对象相同、时间相邻，未合并实施。 --basis 金司〔2025〕26号二（三）2
day 2026-09-01 finding add --agency JS-CGZF --category certificate --title 检查人员未出示执法证件 --source 明察暗访 \
    --facts 8月20日入企检查时，检查人员没有出示执法证件。 --basis 金司〔2025〕26号二（三）3
day 2026-09-03 warn 2026-0005 --method order --rectify-by 2026-09-18
draft 2026-09-03 order 2026-0005
day 2026-09-08 warn 2026-0004 --method visit --rectify-by 2026-09-18
day 2026-09-18 confirm 2026-0004 --unrectified
day 2026-09-18 notify 2026-0004
draft 2026-09-18 superior-notice 2026-0004 --set to=国家税务总局上海市税务局

# 第二步 · Recommendation, receipt, reply form, review, request with the draft decision.
day 2026-09-21 recommend 2026-0001 2026-0002 --out papers
day 2026-09-22 sign 2026-0001 --by 局负责人
day 2026-09-23 deliver 2026-0001 --by-way direct --receiver 收发室
draft 2026-09-23 receipt 2026-0001 2026-0002
draft 2026-09-23 reply 2026-0001 2026-0002
draft 2026-09-24 correction 2026-0001 --set wrong=8月3日、8月14日、8月28日 --set right=8月3日、8月17日、8月28日 --set why=笔误
day 2026-10-20 rectify 2026-0001 2026-0002
day 2026-10-22 review 2026-0001 --result none --remaining 重复检查仍在发生，未建立统筹机制。
day 2026-10-22 review 2026-0002 --result full
draft 2026-10-22 review-record 2026-0001 2026-0002
day 2026-10-22 close 2026-0002
draft 2026-10-22 closing-slip 2026-0002
draft 2026-10-23 request 2026-0001 --set rectify_by=2026-11-30
draft 2026-10-23 decision 2026-0001 --set rectify_by=2026-11-30
jsup --today 2026-10-23 paper list --kind request --state draft --json | sed -n 's/^ *"id": \(.*\),$/\1/p' |
    { read -r paper; day 2026-10-23 paper sign "$paper" --by 局负责人; }

# 责任追究、普遍问题 · Transfer, general reminder, guidance.
draft 2026-10-26 transfer --set materials=线索材料一袋（密封）
draft 2026-10-26 general-reminder --set subject=入企检查应用检查码 \
    --set text='近期监督发现，部分单位入企检查没有检查码记录。\n请各单位对照自查，检查前取得检查码，入企时出示。'
draft 2026-10-26 guidance-opinion --set subject=统筹涉企行政检查计划 \
    --set problem='同一企业在一个月内被多次检查的情况在多个单位存在。' \
    --set opinions='制定年度检查计划时先行比对，能够合并的合并实施。\n同一单位对同一企业的多个检查事项一次完成。'
day 2026-10-26 verify
