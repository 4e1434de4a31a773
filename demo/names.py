"""Plausible names and identity numbers for people who do not exist.

A name costs one random number cut into pieces, so that a million residents stay a matter of
seconds. Identity numbers carry a right check character (GB 11643) on the prefixes
990101–990199, which no division has ever had.
"""

from datetime import date

CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
FIRST_PREFIX = 990101
PREFIXES = 99
SEQUENCES_PER_SEX = 499

# Surname and its share in ten thousand; the tail carries the surnames that are read in two ways
# (单 shàn, 仇 qiú, 查 zhā, 解 xiè, 曾 zēng) and the double ones.
SURNAMES = (
    "王 760 李 720 张 690 刘 540 陈 430 杨 320 赵 240 黄 200 周 190 吴 180 徐 170 孙 160 马 150 "
    "朱 140 胡 130 郭 120 何 110 林 100 高 100 罗 90 郑 90 梁 85 谢 85 宋 85 唐 80 许 80 韩 80 "
    "冯 75 邓 70 曹 70 彭 65 曾 65 肖 60 田 60 董 60 潘 55 袁 55 蔡 55 蒋 50 余 50 于 50 杜 50 "
    "叶 48 程 48 魏 46 苏 46 吕 46 丁 44 任 44 卢 42 姚 42 沈 40 钟 38 姜 38 崔 36 谭 36 陆 34 "
    "范 34 汪 34 廖 32 石 32 金 32 韦 30 贾 30 夏 28 付 28 方 28 邹 26 熊 26 白 26 孟 24 秦 24 "
    "邱 24 侯 22 江 22 尹 22 薛 22 闫 20 段 20 雷 20 龙 20 黎 18 史 18 陶 18 贺 18 毛 16 郝 16 "
    "顾 16 龚 16 邵 16 万 16 覃 14 武 14 钱 14 戴 14 严 14 莫 12 孔 12 向 12 常 12 单 12 解 12 "
    "查 10 仇 8 盖 6 乐 6 区 5 朴 5 尉迟 3 欧阳 6 上官 4 诸葛 3 司马 3 夏侯 2"
)
GIVEN_MEN = (
    "伟强磊军洋勇杰涛明超刚平国建华文志海波斌鹏飞辉峰龙生福贵祥顺德义仁礼智信忠孝和山川河江湖田"
    "松柏光亮立成功利发财广进昌盛启新升俊浩宇轩子豪天佑兴旺永长春保民学东运来金银玉良才友根宝树林"
    "庆连万全世安邦怀锋彬炳耀坤震虎豹群凯旭阳晨博远航振中继先喜"
)
GIVEN_WOMEN = (
    "芳娜敏静丽艳娟兰霞英华玉珍梅秀荣凤红桂玲燕云芬芝香花月琴莲翠菊萍莉雪冰洁晶晓慧美巧侠素淑贞"
    "爱勤春秋夏青蓝紫婷婉欣怡悦诗涵梦佳琪琳瑶蕾薇倩莹雅娥嫦彩银金凡平新利永志国文海小大云俊士传继"
    "学怀召忠福喜多如意心思颖群环"
)
# Characters that break careless software: outside GBK, outside the basic plane, or written in
# two ways (昇升 濬浚 峯峰 羣群 傑杰).
GIVEN_RARE = ("㼆", "𣸣", "堃", "喆", "犇", "翀", "昇", "濬", "峯", "羣", "傑", "䶮", "𬱖", "彧")
MINORITY_FIRST = ("阿依", "买买提", "古丽", "艾山", "帕提", "吐尔逊", "卓玛", "阿卜杜")
MINORITY_LAST = ("吐尔地", "玉素甫", "买买提", "艾合买提", "努尔", "依明", "克里木", "扎西")

RARE_IN = 1024
MINORITY_OF_RARE = 4


def check_character(seventeen):
    """Return the eighteenth character that the first seventeen digits ask for."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, CHECK_WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def identity_number(prefix, born_on, sequence):
    """Return the 18 characters of one identity number, rightly checked."""
    body = f"{prefix:06d}{born_on:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


class IdentityNumbers:
    """Hands out identity numbers, none twice; sequence parity tells the sex (odd is male)."""

    def __init__(self):
        self._taken = {}
        self._days = {}
        self._prefix_sums = {
            prefix: self._weigh(str(prefix), 0)
            for prefix in range(FIRST_PREFIX, FIRST_PREFIX + PREFIXES)
        }
        self._sequences = [(f"{n:03d}", self._weigh(f"{n:03d}", 14)) for n in range(1000)]

    @staticmethod
    def _weigh(digits, at):
        return sum(int(digit) * CHECK_WEIGHTS[at + i] for i, digit in enumerate(digits))

    def _day(self, ordinal):
        """Return a birth day as date, as eight digits and as their weight, made once per day."""
        found = self._days.get(ordinal)
        if found is None:
            born_on = date.fromordinal(ordinal)
            digits = born_on.strftime("%Y%m%d")
            found = self._days[ordinal] = (born_on, digits, self._weigh(digits, 6))
        return found

    def _write(self, prefix, ordinal, sequence):
        born_on, digits, day_weight = self._day(ordinal)
        sequence_digits, sequence_weight = self._sequences[sequence]
        check = CHECK_CHARACTERS[(self._prefix_sums[prefix] + day_weight + sequence_weight) % 11]
        return f"{prefix}{digits}{sequence_digits}{check}", born_on

    def next(self, prefix, ordinal, sex):
        """Return (number, birth date) for one more person of this sex born on this day.

        The count per day runs over all prefixes, so a number never comes twice; past the 998
        sequences of a day the next prefix is used.
        """
        key = ordinal * 2 + (sex == "m")
        count = self._taken.get(key, 0)
        self._taken[key] = count + 1
        passed, place = divmod(count, SEQUENCES_PER_SEX)
        if passed:
            prefix = FIRST_PREFIX + (prefix - FIRST_PREFIX + passed) % PREFIXES
        # 7 and 499 have no common factor: the walk visits every sequence once, far apart.
        odd = (place * 7 + ordinal) % SEQUENCES_PER_SEX
        return self._write(prefix, ordinal, odd * 2 + 1 if sex == "m" else odd * 2 + 2)

    def twins(self, prefix, ordinal):
        """Return two (number, birth date): a boy and the girl with the very next sequence."""
        boys, girls = ordinal * 2 + 1, ordinal * 2
        # Both walks visit the same places in the same order: level the counts, and brother and
        # sister stand side by side.
        level = max(self._taken.get(boys, 0), self._taken.get(girls, 0))
        self._taken[boys] = self._taken[girls] = level
        return self.next(prefix, ordinal, "m"), self.next(prefix, ordinal, "f")


def spread(pairs, size):
    """Return `size` entries in which each text stands as often as its weight asks.

    Picking by a random index is then a plain list look-up.
    """
    words = pairs.split()
    weighted = list(zip(words[::2], map(int, words[1::2]), strict=True))
    whole = sum(weight for _, weight in weighted)
    table = []
    passed = 0
    for text, weight in weighted:
        passed += weight
        table.extend([text] * (passed * size // whole - len(table)))
    return table


class Names:
    """Makes names from a random number generator, three characters more often than two."""

    def __init__(self, rng):
        self._bits = rng.getrandbits
        self._surnames = spread(SURNAMES, 4096)
        self._given = {
            "m": [GIVEN_MEN[i % len(GIVEN_MEN)] for i in range(256)],
            "f": [GIVEN_WOMEN[i % len(GIVEN_WOMEN)] for i in range(256)],
        }

    def surname(self):
        return self._surnames[self._bits(12)]

    def full(self, sex, surname=None):
        """Return one full name; about one in a thousand carries a rare character or a dot."""
        bits = self._bits(42)
        given = self._given[sex]
        surname = surname or self._surnames[bits & 4095]
        first = given[bits >> 12 & 255]
        second = given[bits >> 24 & 255] if bits >> 20 & 7 else ""
        if bits >> 32 & (RARE_IN - 1) < MINORITY_OF_RARE * 2:
            return self._unusual(bits, surname, first)
        return surname + first + second

    def _unusual(self, bits, surname, first):
        if bits >> 32 & (RARE_IN - 1) < MINORITY_OF_RARE:
            return MINORITY_FIRST[bits >> 12 & 7] + "·" + MINORITY_LAST[bits >> 15 & 7]
        return surname + first + GIVEN_RARE[(bits >> 20 & 4095) % len(GIVEN_RARE)]
