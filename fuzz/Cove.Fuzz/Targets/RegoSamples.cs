namespace Cove.Fuzz.Targets;

/// <summary>Small Rego modules of every construct, and the words of the language.</summary>
internal static class RegoSamples
{
    public static IReadOnlyList<string> Modules { get; } =
    [
        "package a\n\nimport data.b.c as d\n\ndefault p := false\n\np if input.s == \"text\"\n",
        "package a\n\nf(x, [y, _]) := z if {\n\tz := x + y # sum\n} else := 0\n\nr := f(1, [2, 3])\n",
        "package a\n\ns contains x if some x in input.a\n\no[k].v := n if some k, n in input.o\n",
        "package a\n\nt := [x | some x in input.a; not x == null]\n\nu if every x in input.a { x != 7 }\n",
        "package a\n\nw := count(input.a) with input.a as [1, 2]\n\nx := {k: v | some k, v in {\"a\": {1, 2} & {2}, `b`: set() | {1}}}\n",
        "package a\n\ny := $\"{input.s} and {1 + 2}\"\n\nz := sprintf(\"%v %d %s\", [input.o, 1, \"a\"])\n\nq := regex.match(`^(a|b)+$`, input.s)\n",
        "# METADATA\n# title: t\npackage a\n\nm := walk(input.o)\n\nn := numbers.range(1, 10)[_] > 3\n\ng := time.parse_rfc3339_ns(\"2020-01-01T00:00:00Z\")\n",
        "package a\n\nj := json.unmarshal(\"{\\\"k\\\": [1e3]}\")\n\nh := object.union({\"a\": 1}, {\"b\": -1.5})\n\nc := concat(\",\", split(input.s, \"e\"))\n",
    ];

    public static IReadOnlyList<string> Words { get; } =
    [
        "package ", "import ", " as ", "default ", " if ", " else ", " contains ", "not ", "some ", "every ", " in ", " with ", "input", "data", ":=", "==", "!=", ">=", "<=",
        "set()", "count(", "sprintf(", "regex.match(", "split(", "concat(", "numbers.range(", "object.get(", "json.unmarshal(", "bits.lsh(", "walk(", "graph.reachable(",
        "true", "false", "null", "1e99", "-1", "`", "$\"", "{", "}", "[", "]", "|", "# METADATA\n", "\n",
    ];
}
