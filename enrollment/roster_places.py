"""Find the village that a roster's words mean (村名对应): by name, by alias, by code.

places.find("东湾镇", "李家村")     → village 990100101201
places.find("", "李家村委会")       → the same, if only one town has such a village
places.find("西岭镇", "石桥村")     → fault town_outside, for a clerk of 东湾镇
"""

import re
from collections import defaultdict

from enrollment.roster_columns import word_key
from pension_portal.clock import today
from townships.models import TOWN_CODE_LENGTH, VILLAGE_CODE_LENGTH, Area, AreaAlias

# Offices write one village in several ways; without these endings they are all the same.
_ENDINGS = re.compile(
    r"(村民委员会|社区居民委员会|社区居委会|居民委员会|村委会|居委会|社区|村民组|村)$"
)
MOST_TEXT = 30


class Places:
    """The towns and villages of a county, and which of them an importer may fill."""

    def __init__(self, area_code):
        self.area_code = area_code
        county_code = area_code[:6]
        self.areas = {
            area.code: area
            for area in Area.objects.inside(county_code).exclude(level=Area.Level.GROUP)
        }
        self.county_name = self.areas[county_code].name
        self.towns = {}
        self.villages = defaultdict(dict)
        self.by_alias = {}
        for area in self.areas.values():
            if area.level == Area.Level.TOWN:
                self.towns[word_key(area.name)] = area.code
            elif area.level == Area.Level.VILLAGE:
                self.villages[area.parent_id][word_key(area.name)] = area.code
        for text, code in AreaAlias.objects.filter(
            county_code=county_code, source=AreaAlias.Source.ROSTER
        ).values_list("text", "area_id"):
            self.by_alias[word_key(text)] = code
        self._found = {}

    @property
    def area_name(self):
        return self.areas[self.area_code].name

    def find(self, town_text, village_text):
        """Return (village code, None), or (None, (column, fault code, detail))."""
        texts = town_text, village_text
        if texts not in self._found:
            self._found[texts] = self._work_out(*texts)
        return self._found[texts]

    def _work_out(self, town_text, village_text):
        town_code, fault = self._town(word_key(town_text), town_text)
        if fault:
            return None, ("town", *fault)
        code, fault = self._village(town_code, village_text)
        if fault:
            return None, ("village", *fault)
        code = self._today(code)
        if not code.startswith(self.area_code):
            text = self.areas[code[:TOWN_CODE_LENGTH]].name
            return None, ("town", "town_outside", {"text": text, "area": self.area_name})
        return code, None

    def _town(self, key, text):
        """Return (town code or None for "not said", None) or (None, fault)."""
        if not key:
            is_town = len(self.area_code) >= TOWN_CODE_LENGTH
            return (self.area_code[:TOWN_CODE_LENGTH] if is_town else None), None
        key = key.removeprefix(word_key(self.county_name)) or key
        code = self.towns.get(key) or self.by_alias.get(key) or self.by_alias.get(word_key(text))
        if code is None or len(code) < TOWN_CODE_LENGTH:
            return None, ("town_unknown", {"text": text[:MOST_TEXT]})
        code = self._today(code)[:TOWN_CODE_LENGTH]
        inside = code.startswith(self.area_code) or self.area_code.startswith(code)
        if not inside:
            return None, ("town_outside", {"text": text[:MOST_TEXT], "area": self.area_name})
        return code, None

    def _village(self, town_code, text):
        key = word_key(text)
        if not key:
            if len(self.area_code) == VILLAGE_CODE_LENGTH:
                return self.area_code, None
            return None, ("village_missing", {})
        if key in self.areas and len(key) == VILLAGE_CODE_LENGTH:
            return key, None
        for town_key, code in self.towns.items():
            # 「东湾镇李家村」 names its town itself.
            if key.startswith(town_key) and key != town_key and town_code in (None, code):
                key, town_code = key.removeprefix(town_key), code
                break
        found = self._villages_named(key, [town_code] if town_code else self.towns.values())
        if len(found) == 1:
            return found.pop(), None
        if found:
            return None, ("village_unclear", {"text": text[:MOST_TEXT]})
        town = self.areas[town_code].name if town_code else self.county_name
        return None, ("village_unknown", {"text": text[:MOST_TEXT], "town": town})

    def _villages_named(self, key, town_codes):
        """Return the codes of the towns' villages of a name: as written, by alias, or nearly."""
        town_codes = set(town_codes)
        found = {self.villages[town][key] for town in town_codes if key in self.villages[town]}
        alias = self.by_alias.get(key, "")
        if not found and alias[:TOWN_CODE_LENGTH] in town_codes and alias in self.areas:
            found = {alias} if len(alias) == VILLAGE_CODE_LENGTH else set()
        return found or {
            code
            for town in town_codes
            for name, code in self.villages[town].items()
            if _bare(name) == _bare(key)
        }

    def _today(self, code):
        """Return the area that has taken the place of one merged away."""
        for _step in range(len(self.areas)):
            area = self.areas[code]
            is_over = area.valid_to is not None and area.valid_to < today()
            if not is_over or area.successor_id not in self.areas:
                break
            code = area.successor_id
        return code


def _bare(name):
    return _ENDINGS.sub("", name) or name
