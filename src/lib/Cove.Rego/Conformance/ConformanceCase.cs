using Cove.Rego.Values;

namespace Cove.Rego.Conformance;

/// <summary>One case of a suite: modules, data, input and query, and what must come of them (rego.md §1.3).</summary>
internal sealed class ConformanceCase(RegoObject fields, bool suiteIsV1)
{
    public string Id => Text("id") ?? "";

    public string Note => Text("note") ?? Id;

    public string Query => Text("query") ?? "";

    public bool IsV1 => Text("rego_version") is { } version ? version == "v1" : suiteIsV1;

    public IReadOnlyList<string> Modules => [.. Texts("modules")];

    public RegoObject? Data => fields["data"] as RegoObject;

    public RegoValue? Input => fields["input"];

    public string? InputTerm => Text("input_term");

    public RegoObject? Environment => fields["env"] as RegoObject;

    public bool StrictErrors => IsTrue("strict_error");

    public bool StrictCompile => IsTrue("strict_compile");

    public bool Experimental => IsTrue("experimental");

    public bool SortBindings => IsTrue("sort_bindings");

    public bool Requires(string name) => Texts("requires").Contains(name);

    public RegoArray? WantResult => fields["want_result"] as RegoArray;

    public string? WantErrorCode => Text("want_error_code");

    public string? WantError => Text("want_error");

    public RegoArray? WantCompileErrors => fields["want_compile_errors"] as RegoArray;

    public RegoArray? WantPrints => fields["want_prints"] as RegoArray;

    private string? Text(string name) => (fields[name] as RegoString)?.Value;

    private bool IsTrue(string name) => fields[name] == RegoValue.True;

    private IEnumerable<string> Texts(string name) => fields[name] is RegoArray list ? list.Items.OfType<RegoString>().Select(static t => t.Text) : [];
}
