"""Writes dumps as Wikipedia's own: XML of the export format 0.11, and lines of a snapshot."""

import json
from html import escape
from pathlib import Path
from typing import Any

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="{language}">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>{language}wiki</dbname>
    <base>{base}</base>
    <generator>MediaWiki 1.46.0</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Talk</namespace>
      <namespace key="6" case="first-letter">Datei</namespace>
      <namespace key="14" case="first-letter">Kategorie</namespace>
    </namespaces>
  </siteinfo>
"""


def head(language: str = "en", base: str = "https://en.wikipedia.org/wiki/Main_Page") -> str:
    return HEAD.format(language=language, base=base)


def page_xml(
    title: str, text: str, page_id: int, *, namespace: int = 0, redirect: str = "", model: str = "wikitext"
) -> str:
    target = f'    <redirect title="{escape(redirect)}" />\n' if redirect else ""
    return f"""  <page>
    <title>{escape(title)}</title>
    <ns>{namespace}</ns>
    <id>{page_id}</id>
{target}    <revision>
      <id>{1000 + page_id}</id>
      <parentid>{page_id}</parentid>
      <timestamp>2026-01-31T00:00:00Z</timestamp>
      <contributor>
        <username>A</username>
        <id>5</id>
      </contributor>
      <comment>more &amp; more</comment>
      <origin>{1000 + page_id}</origin>
      <model>{model}</model>
      <format>text/x-wiki</format>
      <text bytes="{len(text.encode())}" sha1="x" xml:space="preserve">{escape(text, quote=False)}</text>
      <sha1>x</sha1>
    </revision>
  </page>
"""


def write_dump(path: Path, *pages: str, **site: str) -> Path:
    path.write_text(head(**site) + "".join(pages) + "</mediawiki>\n", encoding="utf-8")
    return path


def snapshot_line(title: str, html: str, page_id: int, **changes: Any) -> str:
    content = {
        "name": title,
        "identifier": page_id,
        "date_modified": "2026-01-31T00:00:00Z",
        "version": {"identifier": 1000 + page_id},
        "url": f"https://en.wikipedia.org/wiki/{title}",
        "namespace": {"identifier": 0},
        "in_language": {"identifier": "en"},
        "license": [{"identifier": "CC-BY-SA-4.0"}],
        "categories": [{"name": "Category:Rivers"}],
        "article_body": {"html": html, "wikitext": ""},
    }
    return json.dumps(content | changes) + "\n"
