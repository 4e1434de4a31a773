"""What Django says of a field by itself is said in the portal's words."""

import pytest
from django import forms


class Form(forms.Form):
    name = forms.CharField(max_length=4)
    day = forms.DateField(required=False)
    amount = forms.DecimalField(required=False, max_digits=6, decimal_places=2, min_value=1)
    kind = forms.ChoiceField(required=False, choices=[("a", "甲")])


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "还没有填，填好再提交"),
        ("name", "欧阳明德远", "太长，最多 4 个字，现有 5 个"),
        ("day", "31/3", "不是日期，写成 2021-03-31 的样子"),
        ("amount", "三百", "不是数字，只填数字，如 300.00"),
        ("amount", "0.5", "太小，至少填 1"),
        ("amount", "1.234", "小数太长，最多 2 位小数"),
        ("kind", "b", "「b」不在列表里，从列表中重选"),
    ],
)
def test_a_fault_says_what_to_do(field, typed, words):
    assert Form({"name": "张桂兰", field: typed}).errors[field] == [words]
