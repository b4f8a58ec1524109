"""Turns the Markdown of guides into HTML: no raw HTML, links that tell nobody where they came from, texts ready to copy."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape


def _link_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    if str(tokens[index].attrGet("href") or "").startswith("http"):
        tokens[index].attrSet("rel", "noreferrer")
    return self.renderToken(tokens, index, options, env)


def _only_code(tokens: Sequence[Token], index: int) -> str | None:
    """The text of a paragraph that is one code span and nothing else: something to copy."""
    inline = tokens[index + 1]
    children = inline.children or []
    return children[0].content if len(children) == 1 and children[0].type == "code_inline" else None


def _boxed(tokens: list[Token]) -> list[Token]:
    """Replace each lone code span by a box to copy from."""
    boxed: list[Token] = []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        text = _only_code(tokens, index) if token.type == "paragraph_open" else None
        if text is None:
            boxed.append(token)
            continue
        skip = 2
        box = Token("html_block", "", 0)
        box.content = f'<div class="copy" data-copy="Text"><code>{escape(text)}</code></div>\n'
        boxed.append(box)
    return boxed


_READER = MarkdownIt("commonmark", {"html": False})
_READER.add_render_rule("link_open", _link_open)


def to_html(text: str) -> Markup:
    """HTML of a guide's Markdown; HTML in the source comes out as text."""
    env: EnvType = {}
    tokens = _boxed(_READER.parse(text, env))
    return Markup(_READER.renderer.render(tokens, _READER.options, env))  # noqa: S704 - the reader escapes raw HTML
