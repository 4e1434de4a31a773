"""Turn one template and its JSON into a PDF.

Run by itself this is a process that does so until its pipe ends: first a line that says where
templates and fonts are, then for each paper a line [path of its template, JSON].
Out comes the length of each PDF, eight bytes, and the PDF.
"""

import json
import struct
import sys

import typst

# Tags for screen readers weigh twenty times the text they describe, and these sheets are printed;
# what they hold is on the pages too.
NO_TAGS = {"pdf_tags": False}


def compiler_of(templates, fonts):
    """Return a compiler that sees these templates and fonts and nothing else of the machine."""
    return typst.Compiler(root=templates, font_paths=fonts, ignore_system_fonts=True)


def press(compiler, template, paper, *, kind="pdf", pixels_per_inch=None):
    """Return the PDF (or the pictures) of a paper, which is JSON."""
    options = NO_TAGS if kind == "pdf" else {"ppi": pixels_per_inch}
    pages = compiler.compile(input=template, format=kind, sys_inputs={"paper": paper}, **options)
    return [pages] if kind == "png" and isinstance(pages, bytes) else pages


def main():
    compiler = compiler_of(*json.loads(sys.stdin.buffer.readline()))
    for line in sys.stdin.buffer:
        pdf = press(compiler, *json.loads(line))
        sys.stdout.buffer.write(struct.pack("<Q", len(pdf)) + pdf)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
