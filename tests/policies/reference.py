"""The rules of a policy in plain Python, read from the words of a file, for the SQL to agree with.

It shares nothing with the loader or the SQL but the words of `words.py`. It is slow, it answers for
one question at a time, and nothing but the tests may use it.

    reference = Reference(content)          the file as plain values, an overlay already laid out
    reference.answer(question)              a question as `policies.answers.ask` takes it
"""

import calendar
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from policies import words

ZERO = Decimal(0)
FEN = Decimal("0.01")
MEASURES = {
    "缴费": "level",
    "平均缴费": "average",
    "年龄": "age",
    "缴费年数": "years_paid",
    "连续缴费年数": "years_running",
    "补缴年数": "years_back",
    "已补年数": "years_subsidised",
    "居住年数": "years_resident",
}
HOW = {"half_up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


def to_rounding(value, said):
    how, unit = words.ROUNDINGS[said or "四舍五入到分"]
    unit = Decimal(unit)
    # Three thirds are a whole.
    value = value.quantize(Decimal("1e-9"))
    return (value / unit).quantize(Decimal(1), HOW[how]) * unit


def as_date(said):
    if said is None or isinstance(said, date):
        return said
    if said.endswith("月底"):
        year, month, _end = said.split("-")
        last = calendar.monthrange(int(year), int(month))[1]
        return date(int(year), int(month), last)
    return date.fromisoformat(said)


def age_on(day, born_on):
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def rate_of(said):
    if "/" in said:
        part, whole = said.split("/")
        return Decimal(part) / Decimal(whole)
    return Decimal(said[:-1]) / 100


def as_list(said):
    return said if isinstance(said, list) else [] if said is None else [said]


class Reference:
    """One policy file, asked one question at a time."""

    def __init__(self, content):
        self.content = content
        self.year = content["年度"]

    def entries(self, section):
        body = self.content.get(section) or {"明细": []}
        for entry in body["明细"]:
            classes = as_list(entry.get("县区类别"))
            if not classes or self.content.get("县区类别") in classes:
                yield entry

    # --- amounts ---

    def yuan(self, said):
        if not isinstance(said, dict):
            return Decimal(said)
        value, is_monthly = self.index(said["指标"], said.get("年", "上年"))
        rate = rate_of(said.get("比例", "100%"))
        if said.get("按月") == "是":
            month = value if is_monthly else value / 12
            return to_rounding(month * rate, said.get("取整")) * 12
        return to_rounding((value * 12 if is_monthly else value) * rate, said.get("取整"))

    def index(self, name, year):
        index = self.content["指标"][name]
        wanted = {"上年": self.year - 1, "本年": self.year, "前年": self.year - 2}.get(year, year)
        return Decimal(index["数值"][str(wanted)]), index.get("周期", "年") == "月"

    def bounds(self, tier):
        if "金额" in tier:
            amount = self.yuan(tier["金额"])
            return amount, amount
        return self.yuan(tier["金额自"]), self.yuan(tier["金额至"])

    def named_tier(self, said):
        plain = [t for t in self.entries("档次") if t.get("代缴专用") != "是"]
        for_all = [t for t in plain if not self.is_conditional(t)] or plain
        if said == "最低档次":
            return min(self.bounds(t)[0] for t in for_all)
        if said == "最高档次":
            return max(self.bounds(t)[1] for t in for_all)
        if isinstance(said, str) and said.startswith("第"):
            return next(self.bounds(t)[0] for t in for_all if t["档次"] == int(said[1:-1]))
        return None

    def is_conditional(self, entry):
        said = {"身份", "不含身份", "片区", "不含片区", "性别", "户籍", "首次参保"}
        said |= {"缴费日自", "缴费日至"}
        return bool(said & entry.keys()) or any(word.startswith("年龄") for word in entry)

    # --- who ---

    def identity(self, name):
        return name if name in self.content.get("身份", {}) else words.IDENTITY_CODES[name]

    def is_graded(self, name):
        local = self.content.get("身份", {}).get(name)
        if local is not None:
            return local.get("分等级") == "是"
        return words.IDENTITY_CODES.get(name) in words.GRADED_IDENTITIES

    def holds_identity(self, q, name, entry):
        for held in q.get("identities", ()):
            if held["identity"] != self.identity(name):
                continue
            low = as_date(held.get("valid_from")) or date.min
            high = as_date(held.get("valid_to")) or date.max
            if not self.is_held(entry.get("认定日", "全年"), low, high, q):
                continue
            if not self.is_graded(name):
                return True
            grades = entry["等级"]
            if held["grade"] and int(grades[0]) <= int(held["grade"]) <= int(grades[-2]):
                return True
        return False

    def is_held(self, said, low, high, q):
        if said == "全年":
            return low <= date(self.year, 12, 31) and high >= date(self.year, 1, 1)
        day = self.stated_day(said, q)
        return day is not None and low <= day <= high

    def stated_day(self, said, q):
        if said in ("缴费日", "领取日"):
            return as_date(q.get("paid_on"))
        known = {"年初": date(self.year, 1, 1), "年末": date(self.year, 12, 31)}
        return known.get(said) or as_date(said)

    def is_inside(self, q, name):
        codes = self.content.get("片区", {}).get(name, [name])
        return any((q.get("area_code") or "").startswith(code) for code in codes)

    # --- conditions ---

    def holds(self, entry, q, facts):
        return (
            self.measures_hold(entry, q, facts)
            and self.amounts_hold(entry, facts)
            and self.person_holds(entry, q)
            and self.days_hold(entry, q)
        )

    def measures_hold(self, entry, q, facts):
        for word, bound in entry.items():
            measure = next(
                (
                    m
                    for m in MEASURES
                    if word[len(m) :] in ("满", "超过", "不满", "不超过") and word.startswith(m)
                ),
                None,
            )
            if measure is None:
                continue
            value = self.fact(MEASURES[measure], entry, q, facts)
            bound = self.yuan(bound)
            if (
                value is None
                or not {
                    "满": value >= bound,
                    "超过": value > bound,
                    "不满": value < bound,
                    "不超过": value <= bound,
                }[word[len(measure) :]]
            ):
                return False
        return True

    def fact(self, name, entry, q, facts):
        if name == "level":
            return facts.get("level")
        if name == "age":
            day, born_on = self.stated_day(entry["年龄计算日"], q), as_date(q.get("born_on"))
            return None if day is None or born_on is None else age_on(day, born_on)
        value = q.get(name)
        return None if value is None else Decimal(str(value))

    def amounts_hold(self, entry, facts):
        level, number = facts.get("level"), facts.get("number")
        if "缴费" in entry and level != self.yuan(entry["缴费"]):
            return False
        if level is not None and level in [Decimal(said) for said in entry.get("缴费除外", ())]:
            return False
        if ("档次自" in entry or "档次至" in entry) and number is None:
            return False
        if "档次" in entry and number != entry["档次"]:
            return False
        return entry.get("档次自", 0) <= (number or 0) <= entry.get("档次至", 10**6)

    def person_holds(self, entry, q):
        for word, name, codes in (
            ("性别", "sex", words.SEXES),
            ("户籍", "hukou", words.HUKOU),
            ("首次参保", "is_first", words.YES_NO),
            ("类型", "kind", words.KINDS),
            ("资金来源", "source", words.SOURCES),
        ):
            if word in entry and q.get(name) != codes[entry[word]]:
                return False
        wanted, unwanted = as_list(entry.get("身份")), as_list(entry.get("不含身份"))
        as_well = as_list(entry.get("并有身份"))
        if as_well and not any(self.holds_identity(q, name, entry) for name in as_well):
            return False
        if wanted and not any(self.holds_identity(q, name, entry) for name in wanted):
            return False
        if any(self.holds_identity(q, name, entry) for name in unwanted):
            return False
        areas = as_list(entry.get("片区"))
        if any(self.is_inside(q, name) for name in as_list(entry.get("不含片区"))):
            return False
        return not areas or any(self.is_inside(q, name) for name in areas)

    def days_hold(self, entry, q):
        paid_on = as_date(q.get("paid_on"))
        low = as_date(entry.get("缴费日自", entry.get("领取日自")))
        high = as_date(entry.get("缴费日至", entry.get("领取日至")))
        if low is None and high is None:
            return True
        if paid_on is None:
            return False
        return (low or date.min) <= paid_on <= (high or date.max)

    # --- tiers ---

    def tier(self, q, amount):
        """Return (number, level) of a sum, or (None, None)."""
        combining = words.COMBININGS[self.content["档次"].get("多次缴费", "分别计算")]
        found = []
        for tier in self.entries("档次"):
            if tier.get("代缴专用") == "是" and q["source"] != "proxy":
                continue
            personal = {
                word: tier[word]
                for word in tier
                if word not in ("档次", "金额", "金额自", "金额至", "每级", "旧档次")
            }
            if not self.holds(personal, q, {}):
                continue
            low, high = self.bounds(tier)
            if amount < low or (amount > high and combining != "lower"):
                continue
            step = tier.get("每级") and self.yuan(tier["每级"])
            level = min(amount, high)
            is_step = not step or (amount - low) % step == 0
            is_top = amount == high and tier.get("上限可缴") != "否"
            if not (is_step or is_top or combining == "lower"):
                continue
            number = tier.get("档次", 0) + (int((level - low) // step) if step else 0)
            found.append((low, self.is_conditional(tier), number, level))
        if not found:
            return None, None
        _low, _conditional, number, level = max(found, key=lambda one: one[:2])
        return number, level

    # --- sums ---

    def value(self, entry, word, q, facts, default_base=None, rounding=None):
        """Return what an entry comes to, or None while undecided."""
        said = entry.get(word)
        if said == words.UNDECIDED or "不低于" in entry:
            return None
        rounding = entry.get("取整") or rounding
        total = ZERO if said is None else self.yuan(said)
        if "比例" in entry or "月数" in entry:
            part = self.part(entry, q, facts, default_base, rounding)
            if part is None:
                return None
            total += part
        if "每档增加" in entry:
            steps = max(0, facts["number"] - entry["档次自"])
            total += self.yuan(entry["每档增加"]) * steps
        if "递增" in entry:
            steps = self.steps(entry["递增"], q, facts)
            if steps is None:
                return None
            step = entry["递增"]
            if "增加比例" in step:
                one = {**entry, "比例": step["增加比例"]}
                part = self.part(one, q, facts, default_base, rounding)
                if part is None:
                    return None
                total += part * steps
            else:
                total += self.yuan(step["增加"]) * steps
        if "超过部分" in entry:
            total -= rate_of(entry["比例"]) * Decimal(entry["超过部分"])
        if "保底" in entry:
            total = max(total, self.yuan(entry["保底"]))
        if "封顶" in entry:
            total = min(total, self.yuan(entry["封顶"]))
        return to_rounding(total, rounding)

    def part(self, entry, q, facts, default_base, rounding):
        rate = rate_of(entry.get("比例", "100%")) * entry.get("月数", 1)
        base = entry.get("基数", default_base)
        divisor = Decimal(entry.get("除以", 1))
        if base in self.content.get("指标", {}):
            value, is_monthly = self.index(base, entry.get("基数年", "上年"))
            if entry.get("按月") == "是":
                month = value if is_monthly else value / 12
                return to_rounding(month * rate / divisor, rounding) * 12
            return value * rate / divisor
        value = self.base(base, q, facts)
        if value is None:
            return None
        if entry.get("按月") == "是":
            return to_rounding(value / 12 * rate / divisor, rounding) * 12
        return value * rate / divisor

    def base(self, base, q, facts):
        if isinstance(base, int | Decimal):
            return Decimal(base)
        name = words.BASE_FACTS.get(base)
        if name in ("amount", "level"):
            return facts.get("level")
        if name in ("balance", "average"):
            return None if q.get(name) is None else Decimal(str(q[name]))
        if name in ("main", "base_pension"):
            return facts.get(name)
        return self.named_tier(base)

    def steps(self, step, q, facts):
        name = words.STEP_FACTS[step["按"]]
        if name == "tier":
            value = facts.get("number")
        elif name == "amount":
            value = facts.get("level")
        elif name == "age":
            value = age_on(as_date(q["paid_on"]), as_date(q["born_on"]))
        elif name == "years_unbacked":
            value = q["years_paid"] - q["years_back"]
        else:
            value = q.get(name)
        if value is None:
            return None
        steps = (Decimal(str(value)) - Decimal(step["起算"])) // Decimal(step.get("每", 1))
        return max(ZERO, min(steps, Decimal(step.get("最多", 10**9))))

    # --- how entries stand to each other ---

    def together(self, entries, value_of):
        """Return the sum of the one that answers and those added, and whether all is decided."""
        instead = [(e, value_of(e, {})) for e in entries if e.get("方式", "替代") == "替代"]
        instead = sorted(
            enumerate(instead),
            key=lambda one: (one[1][0].get("次序", 100), -(one[1][1] or 0), one[0]),
        )
        undecided_last = sorted(
            instead, key=lambda one: (one[1][0].get("次序", 100), one[1][1] is None)
        )
        main = undecided_last[0][1][1] if undecided_last else None
        facts = {"main": main}
        added = [value_of(e, facts) for e in entries if e.get("方式") == "叠加"]
        highest = [value_of(e, facts) for e in entries if e.get("方式") == "叠加就高"]
        if highest:
            known = [value for value in highest if value is not None]
            added.append(max(known) if known else None)
        if not instead and not added:
            return None
        decided = (not instead or main is not None) and all(v is not None for v in added)
        return (main or ZERO) + sum((v or ZERO for v in added), ZERO), decided

    # --- subsidies ---

    def facts(self, q, amount):
        """Return tier number and level of a sum; aid and back payments may be no tier."""
        number, level = self.tier(q, amount)
        if level is None and (q["kind"] == "back" or q["source"] in ("collective", "donation")):
            level = amount
        return {"number": number, "level": level}

    def subsidy(self, q, amount):
        facts = self.facts(q, amount)
        if facts["level"] is None:
            return None
        back = next(e["缴费补贴"] for e in self.content["补缴"]["明细"] if "缴费补贴" in e)
        entries = [
            e
            for e in self.entries("补贴")
            if not e.keys() & words.CAPS.keys()
            and self.holds(e, q, facts)
            and (q["kind"] == "normal" or back == "同正常缴费" or e.get("类型") == "补缴")
        ]
        if q["kind"] == "back" and back != "同正常缴费":
            said = 0 if back == "无" else words.UNDECIDED
            entries.append({"补贴": said, "次序": 10_000})

        def value_of(entry, more):
            return self.value(entry, "补贴", q, {**facts, **more}, default_base="缴费")

        return self.together(entries, value_of)

    def capped(self, q, amount, paid):
        """Return the subsidy under the caps that hold for the person."""
        caps = {}
        facts = self.facts(q, paid)
        for word in words.CAPS:
            mine = [e for e in self.entries("补贴") if word in e and self.holds(e, q, facts)]
            mine = sorted(mine, key=lambda e: e.get("次序", 100))
            if mine:
                caps[word] = self.yuan(mine[0][word])
        given = Decimal(str(q.get("subsidised") or 0))
        this_year = Decimal(str(q.get("subsidised_this_year") or 0))
        is_over = "封顶年数" in caps and (q.get("years_subsidised") or 0) >= caps["封顶年数"]
        if is_over and not this_year:
            return ZERO
        left = [amount]
        if "终身封顶" in caps:
            left.append(caps["终身封顶"] - given)
        if "年度封顶" in caps:
            left.append(caps["年度封顶"] - this_year)
        return max(ZERO, min(left))

    # --- proxy payments ---

    def proxy(self, q, chosen):
        facts = self.facts(q, chosen)
        body = self.content.get("代缴", {})
        found = []
        for place, entry in enumerate(self.entries("代缴")):
            if not self.holds(entry, q, facts):
                continue
            rank = self.rank(entry, q)
            if rank is None:
                continue
            value, own = self.proxy_parts(entry, q, facts, chosen)
            by_rank = body.get("多重身份", "就高") == "按次序"
            key = (rank if by_rank else 0, value is None, -(value or 0), rank, place)
            found.append((key, value, own, entry))
        if not found:
            return None
        _key, value, own, _entry = min(found, key=lambda one: one[0])
        return value, own

    def rank(self, entry, q):
        listed = self.content["代缴"].get("身份次序")
        if not listed:
            return entry.get("次序", 100)
        paid_on = as_date(q.get("paid_on"))
        current = None
        for version in listed:
            low = as_date(version.get("自"))
            if low is None or (paid_on is not None and low <= paid_on):
                current = version
        if current is None or (paid_on is None and len(listed) > 1):
            return None
        ranks = [current["次序"].index(n) for n in as_list(entry["身份"]) if n in current["次序"]]
        return min(ranks) + 1

    def proxy_parts(self, entry, q, facts, chosen):
        standard, own = entry.get("标准"), entry.get("个人缴费")
        if standard == "所选档次":
            rate = entry if "比例" in entry or "代缴" in entry else {**entry, "比例": "100%"}
            value = self.value(rate, "代缴", q, facts, default_base="所选档次")
            return value, value and max(ZERO, (facts["level"] or chosen) - value)
        if standard is not None:
            whole = self.named_tier(standard)
            whole = self.yuan(standard) if whole is None else whole
            sum_ = entry if {"比例", "代缴"} & entry.keys() else {**entry, "代缴": whole}
            value = self.value(sum_, "代缴", q, facts, default_base=whole)
        else:
            value = self.value(entry, "代缴", q, facts)
            if value is None:
                return None, None
            whole = value + Decimal(own or 0)
        if value is None:
            return None, None
        if entry.get("抵扣") == "是":
            return value, max(ZERO, (facts["level"] or chosen or whole) - value)
        return value, max(ZERO, whole - value)

    # --- shares ---

    def is_of(self, said, item):
        """Whether a share is of an item; 待遇 means every benefit that no other entry names."""
        if said == "待遇":
            named = {entry["项目"] for entry in self.entries("资金分担")}
            return item not in named and item not in words.SHARE_SUBJECTS.values()
        return words.SHARE_SUBJECTS.get(said, said) == item

    def shares(self, q, item, amount, level_of):
        number, level = level_of
        facts = {"number": number, "level": level}
        rows = [
            e
            for e in self.entries("资金分担")
            if self.is_of(e["项目"], item) and self.holds(e, q, facts)
        ]
        exact, left = {}, amount
        for row in sorted(rows, key=lambda r: r.get("次序", 100)):
            if "金额" in row:
                borne = min(Decimal(row["金额"]), max(left, ZERO))
                left -= borne
            elif "比例" in row:
                low = Decimal(row.get("部分超过", 0))
                high = min(amount, Decimal(row.get("部分不超过", amount)))
                borne = rate_of(row["比例"]) * max(ZERO, high - low)
            else:
                borne = ZERO
            exact[row["承担"]] = exact.get(row["承担"], ZERO) + borne
        for row in rows:
            if "其余" in row:
                exact[row["承担"]] += amount - sum(exact.values())
        parts = {payer: sum_.quantize(FEN, ROUND_FLOOR) for payer, sum_ in exact.items()}
        short = int((amount - sum(parts.values())) / FEN) if parts else 0
        order = list(exact)
        cut = sorted(order, key=lambda payer: (parts[payer] - exact[payer], order.index(payer)))
        for payer in cut[:short]:
            parts[payer] += FEN
        return parts

    # --- benefits ---

    def benefits(self, q):
        body = self.content.get("待遇", {})
        parts = {}
        base = None
        entries = [e for e in self.entries("待遇") if self.holds(e, q, {})]
        for name in dict.fromkeys(
            sorted((e["项目"] for e in entries), key=lambda name: name != "基础养老金")
        ):
            mine = [e for e in entries if e["项目"] == name]

            def value_of(entry, more, base=base):
                facts = {**more, "base_pension": base}
                return self.value(entry, "金额", q, facts, rounding=body.get("取整"))

            parts[name] = self.together(mine, value_of)
            if name == "基础养老金":
                instead = [e for e in mine if e.get("方式", "替代") == "替代"]
                base = self.together(instead, value_of)[0] if instead else None
        return parts

    # --- windows, back payments ---

    def pension_age(self, q):
        """Return the age at which the person reaches pension age: their own before everybody's."""
        ages = [e for e in self.entries("参保条件") if e["条件"] == "未满年龄"]
        own = [e["数值"] for e in ages if {"性别", "身份"} & e.keys() and self.holds(e, q, {})]
        return min(own or [e["数值"] for e in ages if not {"性别", "身份"} & e.keys()] or [60])

    def is_payable(self, q):
        day, born_on = as_date(q["paid_on"]), as_date(q.get("born_on"))
        windows = list(self.entries("征缴期"))
        wanted = "缴费期" if any(w["种类"] == "缴费期" for w in windows) else "集中征缴期"
        for window in windows:
            if window["种类"] not in (wanted, "延长"):
                continue
            if day.month not in window.get("月份", range(1, 13)):
                continue
            if window["种类"] == "延长" and not self.holds(window, q, {}):
                continue
            low, high = as_date(window["自"]), as_date(window["至"])
            if window.get("到龄前缴清") == "是" and born_on:
                of_age = date(born_on.year + self.pension_age(q), born_on.month, 1)
                high = min(high, of_age - timedelta(days=1))
            first, last = map(int, window["每月"][:-1].split("至")) if "每月" in window else (1, 31)
            if low <= day <= high and first <= day.day <= last:
                return True
        return False

    # --- everything ---

    def answer(self, question):
        """Return tier, subsidy, proxy and own amounts, shares, benefits, as `ask` names them."""
        q = {"kind": "normal", "source": "own", "identities": [], **question}
        amount = q.get("amount")
        if amount is None:
            amount = self.chosen(q)
        amount = Decimal(str(amount or 0))
        before = self.before(q)
        paid = amount + before
        number, level = self.tier(q, paid)
        found = {"tier_number": number, "tier_amount": level}
        subsidy = self.subsidy(q, paid)
        found["subsidy_amount"], found["decided"] = subsidy or (None, None)
        if subsidy is not None:
            earlier = self.subsidy(q, before) if before else None
            more = subsidy[0] - (earlier[0] if earlier else ZERO)
            found["subsidy_amount"] = self.capped(q, max(ZERO, more), paid)
        proxy = self.proxy(q, paid)
        found["proxy_amount"], found["own_amount"] = proxy or (None, None)
        level_of = (number, level)
        found["shares"] = {
            item: self.shares(q, item, found[name], level_of)
            for item, name in (("subsidy", "subsidy_amount"), ("proxy", "proxy_amount"))
            if found[name]
        }
        if q["kind"] == "benefit":
            found["benefits"] = self.benefits(q)
            found["shares"] |= {
                name: self.shares(q, name, amount, level_of)
                for name, (amount, _decided) in found["benefits"].items()
                if amount
            }
        if q.get("paid_on"):
            found["is_payable"] = self.is_payable(q)
        return found

    def before(self, q):
        total = ZERO
        if words.COMBININGS[self.content["档次"].get("多次缴费", "分别计算")]:
            total += Decimal(str(q.get("earlier_same") or 0))
        if self.content["补贴"].get("计补基数") == "个人加代缴":
            total += Decimal(str(q.get("earlier_other") or 0))
        return total

    def chosen(self, q):
        chosen = q.get("chosen")
        chosen = None if chosen is None else Decimal(str(chosen))
        by = {"registered": None, "mapped": None, "default": None}
        for tier in self.entries("档次"):
            where = {word: tier[word] for word in ("片区", "不含片区") if word in tier}
            if tier.get("代缴专用") == "是" or not self.person_holds(where, q):
                continue
            low, high = self.bounds(tier)
            if chosen is not None and low <= chosen <= high:
                by["registered"] = chosen
            if chosen in [Decimal(said) for said in as_list(tier.get("旧档次"))]:
                by["mapped"] = low
            if tier.get("默认") == "是":
                by["default"] = low
        return next((amount for amount in by.values() if amount is not None), None)
