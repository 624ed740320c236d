"""Writes unicode-tables.txt; see README.md beside it for where its two sources come from.

usage: python3.11 make-tables.py DUMPS unicode-tables.txt     (Python 3.11: unicodedata 14.0)
"""
import sys
import unicodedata

DUMPS, OUT = sys.argv[1:]
ALL = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
assert unicodedata.unidata_version == "14.0.0", "Python 3.11 is the reference of the words tokenizer"


def dump(name):
    rows = (line.rstrip("\n").split(";") for line in open(f"{DUMPS}/{name}"))
    return {int(row[0], 16): row[1:] for row in rows}


def hexes(text):
    return " ".join("%X" % ord(ch) for ch in text)


def ranges(points):
    runs = []
    for c in sorted(points):
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    return ["%X" % a if a == b else "%X-%X" % (a, b) for a, b in runs]


def lower_map(pairs):
    """Runs 'first-last/step+delta' of equal distance; 'c=x y' where one becomes more than one."""
    out, run = [], None
    for c, text in sorted(pairs.items()):
        if len(text) != 1:
            out.append("%X=%s" % (c, hexes(text)))
            continue
        delta = ord(text) - c
        if run and run[3] == delta and c - run[1] in (1, 2) and run[2] in (0, c - run[1]):
            run[2], run[1] = c - run[1], c
            continue
        run = [c, c, 0, delta]
        out.append(run)
    return [r if isinstance(r, str) else "%X-%X/%d%+d" % (r[0], r[1], r[2] or 1, r[3]) for r in out]


def sigma_probes():
    """What CPython's final-sigma rule sees: characters skipped over, and those that count as cased."""
    final = "\u03c2"
    skipped, cased = set(), set()
    for c in ALL:
        if (("1" + chr(c) + "\u03a3").lower()).endswith(final):
            cased.add(c)
        elif (("a" + chr(c) + "\u03a3").lower()).endswith(final):
            skipped.add(c)
    return skipped, cased


sections = {}
classes = dump("onig")
sections["clip.letters"] = ranges(c for c, v in classes.items() if v[0] == "L")
sections["clip.numbers"] = ranges(c for c, v in classes.items() if v[0] == "N")
rust_lower = {c: "".join(chr(int(x, 16)) for x in v[0].split()) for c, v in dump("lower").items()}
sections["rust.lower"] = lower_map(rust_lower)
sections["bert.removed"] = ["0"] + ranges(c for c, v in dump("clean").items() if v[0] == "")
sections["bert.marks"] = ranges(c for c, v in dump("accents").items() if v[0] == "")
sections["bert.punctuation"] = ranges(c for c, v in dump("bertpre").items() if v[0] == "P")

decomposed = [c for c in dump("nfd") if not 0xAC00 <= c <= 0xD7A3]
single = {c: "".join(chr(int(x, 16)) for x in unicodedata.decomposition(chr(c)).split()) for c in decomposed}
sections["normal.decompositions"] = ["%X=%s" % (c, hexes(t)) for c, t in sorted(single.items())]
sections["normal.uncomposed"] = ranges(c for c in dump("nfc") if len(single[c]) == 2)
by_class = {}
for c, (below, above) in dump("ccc").items():
    if (below, above) != ("0", "999") and c not in single and unicodedata.combining(chr(c)):
        by_class.setdefault(unicodedata.combining(chr(c)), []).append(c)
sections["normal.classes"] = ["%d=%s" % (k, " ".join(ranges(v))) for k, v in sorted(by_class.items())]

skipped, cased = sigma_probes()
sections["python.lower"] = lower_map({c: chr(c).lower() for c in ALL if chr(c).lower() != chr(c)})
sections["python.skipped"] = ranges(skipped)
sections["python.cased"] = ranges(cased)
sections["python.alphanumeric"] = ranges(c for c in ALL if chr(c).isalnum())

with open(OUT, "w", newline="\n") as file:
    file.write("# Written by make-tables.py; README.md says which library and which version of Unicode each table follows.\n")
    for name, entries in sections.items():
        file.write(f"[{name}]\n")
        line = ""
        for entry in entries:
            if len(line) + len(entry) > 116:
                file.write(line.rstrip(";") + "\n")
                line = ""
            line += entry + ";"
        file.write(line.rstrip(";") + "\n")
