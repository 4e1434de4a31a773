"""Parts of a page that other apps fill: asked for only where the viewer may see them."""

from django import template
from django.utils.html import format_html

from staff.navigation import initials, open_address

register = template.Library()


@register.inclusion_tag("fragments/_part.html", takes_context=True)
def part(context, name, *args, title="", words=""):
    """Ask for a part by its URL name; nothing where no app offers it or the duty does not open it.

    Until it is there, a card says its title and what is being looked up.
    """
    return {"url": open_address(context["user"], name, *args), "title": title, "words": words}


@register.filter
def letters(words):
    """Return the first letters of some words in pinyin, by which Ctrl+K finds a button."""
    return initials(str(words))


@register.simple_tag(takes_context=True)
def address_of(context, name, *args):
    """Return the address of a page that the viewer's duty opens, else an empty text."""
    return open_address(context["user"], name, *args) or ""


@register.simple_tag(takes_context=True)
def crumb(context, name, *args, words):
    """Return a link of the breadcrumb, or its words alone where the viewer's duty does not go."""
    url = open_address(context["user"], name, *args)
    return (
        format_html('<a href="{}">{}</a>', url, words)
        if url
        else format_html("<span>{}</span>", words)
    )
