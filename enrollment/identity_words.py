"""What a department's word for an identity means in a year (身份写法, X17).

Old and new words are met side by side: 五保 for 特困人员, 建档立卡 for 脱贫人口. The words that any
county uses stand in `roster_columns`; a county adds its own, with the years they were used in.
"""

from enrollment.grades import grade_of, without_grade
from enrollment.models import IdentityWord
from enrollment.roster_columns import IDENTITY_OF_WORD, word_key
from policies.words import GRADED_IDENTITIES


class IdentityWords:
    """The words of one county in one year; each different cell is worked out once."""

    def __init__(self, county_code, year):
        words = IdentityWord.objects.filter(county_code=county_code)
        self.own = {
            word_key(word.text): (word.identity, word.grade)
            for word in words
            if (word.first_year or year) <= year <= (word.last_year or year)
        }
        self._known = {}

    def meaning(self, text):
        """Return (identity, grade or None), ("", None) for an ordinary person, or None for a word
        nobody knows.
        """
        if text not in self._known:
            self._known[text] = self._work_out(text)
        return self._known[text]

    def _work_out(self, text):
        key = word_key(text)
        if key in self.own:
            return self.own[key]
        if key in IDENTITY_OF_WORD:
            return IDENTITY_OF_WORD[key], None
        identity = IDENTITY_OF_WORD.get(word_key(without_grade(text)))
        if identity not in GRADED_IDENTITIES:
            # 「肢体」「视力」 beside a grade are kinds of disability.
            grade = grade_of(text)
            return ("disabled", grade[0]) if grade and "残" in text else None
        grade = grade_of(text)
        return identity, grade and grade[0]
