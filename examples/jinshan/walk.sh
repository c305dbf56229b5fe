#!/bin/sh
# One quarter with jsup, from an empty folder to a closed finding, on the district's real register.
# Run it here: sh walk.sh. It makes walk.db and walk-papers/ beside itself and can be run again.
# 从空文件夹到销号：用金山区的真实名录走完一个季度。
set -eu
cd "$(dirname "$0")"
rm -rf walk.db walk-papers
export JSUP_LEDGER=walk.db JSUP_OFFICER=经办人

# Each command says on which day it is typed; in the office --today is simply left out.
day() { on=$1; shift; echo "\$ jsup --today $on $*"; jsup --today "$on" "$@"; }

# 台账与名录 · The ledger and the register. Unknown headings are named and left alone.
day 2026-07-01 init
day 2026-07-01 agency import agencies-jinshan.csv

# 每季度抽查不低于10% · The quarter's draw: 4 of 37. With a value that anybody can look up
# afterwards it can be recomputed; without one jsup takes a value of this machine's.
day 2026-07-02 sample --quarter 2026Q3 --public-value 'SSQ-2026075'
day 2026-07-02 sample verify --quarter 2026Q3

# 发现问题 · A finding at a local agency, and one at an agency under vertical management.
day 2026-09-01 finding add --agency JS-SCJG --category repeat --title 一个月内对同一企业重复检查 \
    --facts 调取检查记录，8月3日至28日对同一企业检查三次。 --basis 金司〔2025〕26号二（三）4
day 2026-09-01 finding add --agency JS-SWJU --category code --title 入企检查未应用检查码

# 第一步 精准预警 · Step 1: warn. Two clocks start: the agency's, and behind it the bureau's.
day 2026-09-08 warn 2026-0001 2026-0002 --method phone --rectify-by 2026-09-18 --receiver 科室负责人
day 2026-09-08 overdue --within 10

# 第二步 督促整改 · Step 2: not rectified, so a recommendation within 5 working days (20 September works).
day 2026-09-18 confirm 2026-0001 2026-0002 --unrectified
day 2026-09-18 why 2026-0001
# 垂直管理 · The superior body of an agency under vertical management is told as well.
day 2026-09-18 notify 2026-0002

# 建议书 · The paper: a draft in Word, then signature and service.
day 2026-09-21 recommend 2026-0001 --out walk-papers
day 2026-09-22 sign 2026-0001 --by 局负责人
day 2026-09-23 deliver 2026-0001 --by-way direct --receiver 收发室

# 整改与复查 · 15 working days for the agency, then 5 for the review.
day 2026-10-20 rectify 2026-0001
day 2026-10-22 review 2026-0001 --result full
day 2026-10-22 close 2026-0001

# 每日清单 · What cron mails each morning: the recommendation for the second agency is late.
day 2026-10-23 overdue
day 2026-10-23 next

# 核验 · Nothing was changed behind the journal.
day 2026-10-23 log
day 2026-10-23 verify
