"""Reads what fwc printed of hostile names with readers that are not fwc's, and holds it against what it printed of plain ones.

In: a folder with `strings.json` (the hostile strings, in the order of their rules) and two folders, `hostile` and `plain`, of
the same files. Out: a line for each thing that does not hold, and how many files each reader read; exit 1 where something does
not hold. A document is to hold every string, and to have the same structure as with plain names: as many elements of each
kind, as many lines that are commands, as many entries."""

import collections
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

try:
    import lxml.etree
    import lxml.html
except ImportError:
    lxml = None
try:
    import hcl2
except ImportError:
    hcl2 = None
try:
    import markdown_it
except ImportError:
    markdown_it = None

FOLDER = pathlib.Path(sys.argv[1])
STRINGS = json.loads((FOLDER / "strings.json").read_text(encoding="utf-8"))
EACH = json.loads((FOLDER / "each.json").read_text(encoding="utf-8"))
read = collections.Counter()
wrong = []


def is_hidden(character):
    code = ord(character)
    marks = (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F), (0x80, 0x9F), (0x0, 0x1F)
    return code in (0x7F, 0xAD, 0x61C, 0xFEFF) or any(first <= code <= last for first, last in marks)


def squeezed(text):
    """The text without what a rendering for people may change: hidden characters, white space, marks between signs."""
    return re.sub(r"[\s\ufffd\u23ce\u240a-\u240d]|#|:", "", "".join(c for c in text if not is_hidden(c)))


def must(holds, name, what):
    if not holds:
        wrong.append(f"{name}: {what}")


def all_strings(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from all_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_strings(inner)
    elif isinstance(value, str):
        yield value


def holds_all(texts, name, exact):
    """Whether each string is in a text: whole where it is exact, else as people see it."""
    if exact:
        # A path of a document joins names.
        missing = [text for text in STRINGS if not any(text in found for found in texts)]
    else:
        joined = squeezed("\n".join(texts))
        missing = [text for text in STRINGS if squeezed(text) not in joined]
    must(not missing, name, f"lacks {missing[:3]!r}")


def documents(text):
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def json_file(name, hostile, plain):
    one, two = documents(hostile), documents(plain)
    must(len(one) == len(two), name, f"{len(one)} documents, {len(two)} with plain names")
    holds_all(list(all_strings(one)), name, exact=True)
    read["python json"] += 1
    if shutil.which("node"):
        script = "const t=require('fs').readFileSync(0,'utf8');let d;try{d=[JSON.parse(t)]}catch(e){d=t.split('\\n').filter(l=>l.trim()).map(l=>JSON.parse(l))}" \
            "process.stdout.write(JSON.stringify(d))"
        found = subprocess.run(["node", "-e", script], input=hostile.encode(), capture_output=True)
        must(found.returncode == 0 and json.loads(found.stdout) == one, name, "node reads another value than Python")
        read["node"] += 1


def tags_of(text):
    class Tags(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.tags, self.texts, self.attributes = collections.Counter(), [], collections.Counter()

        def handle_starttag(self, tag, attributes):
            self.tags[tag] += 1
            for attribute, value in attributes:
                self.attributes[attribute] += 1
                self.texts.append(value or "")

        def handle_data(self, data):
            self.texts.append(data)

    tags = Tags()
    tags.feed(text)
    tags.close()
    return tags


def html_file(name, hostile, plain):
    one, two = tags_of(hostile), tags_of(plain)
    must(one.tags == two.tags, name, f"other elements than with plain names: {one.tags - two.tags} {two.tags - one.tags}")
    must(set(one.attributes) == set(two.attributes), name, "other attributes than with plain names")
    holds_all(one.texts, name, exact=False)
    read["python html.parser"] += 1
    if lxml is not None:
        count = lambda text: collections.Counter(str(e.tag) for e in lxml.html.document_fromstring(text.encode("utf-8")).iter())
        must(count(hostile) == count(plain), name, "lxml finds other elements than with plain names")
        read["lxml html"] += 1
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium and "--browser" in sys.argv:
        dump = lambda folder: subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom", str((FOLDER / folder / name).resolve())],
            capture_output=True, timeout=120).stdout.decode("utf-8", "replace")
        one, two = tags_of(dump("hostile")), tags_of(dump("plain"))
        must(one.tags["html"] == 1 and one.tags == two.tags, name, f"Chromium has other elements: {one.tags - two.tags} {two.tags - one.tags}")
        read["chromium"] += 1


def xml_file(name, hostile, plain):
    one, two = xml.etree.ElementTree.fromstring(hostile), xml.etree.ElementTree.fromstring(plain)
    count = lambda root: collections.Counter(element.tag for element in root.iter())
    must(count(one) == count(two), name, f"other elements than with plain names: {count(one)} {count(two)}")
    texts = [text for element in one.iter() for text in (*element.attrib.values(), element.text or "")]
    holds_all(texts, name, exact=False)
    read["python xml"] += 1
    if lxml is not None:
        parser = lxml.etree.XMLParser(resolve_entities=False)
        must(count(lxml.etree.fromstring(hostile.encode(), parser)) == count(one), name, "lxml reads other elements")
        read["lxml xml"] += 1


def command_lines(name, hostile, plain):
    """Each line is one command of the host, and none has another in it."""
    pattern = r"::(error|warning|notice) [^\n]*?::.*" if name.endswith(".github") else r"##vso\[task\.logissue [^\]\n]*\].*"
    lines = hostile.split("\n")
    strange = [line for line in lines if line and not re.fullmatch(pattern, line)]
    must(not strange, name, f"a line that is no command: {strange[:1]!r}")
    must(len(lines) == len(plain.split("\n")), name, "another number of lines than with plain names")
    must(not any(re.search(r"##vso\[|##\[", line[2:]) for line in lines), name, "a command inside a line")
    must("\r" not in hostile and not any(is_hidden(c) for c in hostile if c not in "\n\t"), name, "a character that steers a terminal")
    unescaped = hostile.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%AZP25", "%").replace("%5D", "]").replace("%3B", ";").replace("%25", "%")
    holds_all([unescaped], name, exact=False)
    read["lines of commands"] += 1


def text_file(name, hostile, plain):
    must(not any(is_hidden(c) for c in hostile if c not in "\n\t"), name, "a character that steers a terminal")
    strange = [line for line in hostile.split("\n") if re.match(r"\s*::\S", line) or "##vso[" in line or "##[" in line]
    must(not strange, name, f"a command of a pipeline: {strange[:1]!r}")
    # Of a difference, a terminal gets what a person looks at, and the number of the others.
    if name != "diff.txt":
        holds_all([hostile], name, exact=False)
    read["lines"] += 1


def markdown_file(name, hostile, plain):
    must(not any(is_hidden(c) for c in hostile if c not in "\n\t"), name, "a character that steers a terminal")
    if markdown_it is None:
        return
    reader = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table")
    one, two = tags_of(reader.render(hostile)), tags_of(reader.render(plain))
    marks = ("code", "br")
    count = lambda tags: {tag: number for tag, number in tags.items() if tag not in marks}
    must(count(one.tags) == count(two.tags), name, f"other elements than with plain names: {one.tags - two.tags} {two.tags - one.tags}")
    holds_all(one.texts, name, exact=False)
    read["markdown-it"] += 1


def shell_file(name, hostile, plain):
    for shell in ("bash", "sh"):
        found = subprocess.run([shell, "-n", str(FOLDER / "hostile" / name)], capture_output=True)
        must(found.returncode == 0, name, f"{shell} does not read it: {found.stderr[:200]!r}")
        read[shell] += 1


def arm_file(name, hostile, plain):
    """A template of one name, whose texts begin with a doubled bracket where they begin with one."""
    one, two = json.loads(hostile), json.loads(plain)
    text = EACH[int(name.split(".")[0])]
    texts = [found[1:] if found.startswith("[[") else found for found in all_strings(one)]
    must(sum(found == text for found in texts) > 10, name, f"lacks {text!r}")
    count = lambda value: collections.Counter(key for key in all_keys(value) if key not in (text, "plain"))
    known = {key for key in count(two)}
    must({key: n for key, n in count(one).items() if key in known} == dict(count(two)), name, "other fields than with a plain name")
    read["python json"] += 1


def hcl_file(name, hostile, plain):
    # python-hcl2 does not read `"$${"`, the text `${`; Terraform does, which another test asks.
    if hcl2 is None or EACH[int(name.split(".")[0])] == "${":
        return
    one, two = hcl2.loads(hostile), hcl2.loads(plain)
    must(blocks(one) == blocks(two), name, f"python-hcl2 reads other blocks than with a plain name: {blocks(one)} {blocks(two)}")
    read["python-hcl2"] += 1


def blocks(value):
    """How many lists and maps there are at each depth; names are keys, too."""
    found = collections.Counter()
    def walk(value, depth):
        if isinstance(value, dict):
            found[depth, "map", len(value)] += 1
            for inner in value.values():
                walk(inner, depth + 1)
        elif isinstance(value, list):
            found[depth, "list", len(value)] += 1
            for inner in value:
                walk(inner, depth + 1)
    walk(value, 0)
    return found


def all_keys(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from all_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_keys(inner)


READERS = {
    ".json": json_file, ".jsonl": json_file, ".sarif": json_file, ".html": html_file, ".xml": xml_file, ".github": command_lines,
    ".azure": command_lines, ".txt": text_file, ".md": markdown_file, ".sh": shell_file, ".tf": hcl_file, ".arm": arm_file,
}

for path in sorted((FOLDER / "hostile").iterdir()):
    hostile, plain = path.read_bytes().decode("utf-8"), (FOLDER / "plain" / path.name).read_bytes().decode("utf-8")
    try:
        READERS[path.suffix](path.name, hostile, plain)
    except Exception as error:  # whatever a reader says of a document that it does not take
        wrong.append(f"{path.name}: {type(error).__name__}: {error}")

for line in wrong:
    print(line)
for reader, is_there in (("lxml", lxml), ("python-hcl2", hcl2), ("markdown-it-py", markdown_it), ("node", shutil.which("node"))):
    if not is_there:
        print(f"SKIPPED: there is no {reader}", file=sys.stderr)
print("; ".join(f"{reader}: {count}" for reader, count in sorted(read.items())), file=sys.stderr)
sys.exit(1 if wrong else 0)
