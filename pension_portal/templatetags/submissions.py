"""Give every form the key by which the portal knows it when it comes twice.

The tag stands in for Django's own `{% csrf_token %}`, so no form can have one without the other.
"""

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from pension_portal.submissions import FIELD, new_key

register = template.Library()


class FormKeysNode(CsrfTokenNode):
    """Django's token against forged forms, and a key of this one form."""

    def render(self, context):
        key = format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())
        return super().render(context) + key


@register.tag("csrf_token")
def form_keys(parser, token):
    return FormKeysNode()
