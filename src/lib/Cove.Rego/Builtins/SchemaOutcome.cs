namespace Cove.Rego.Builtins;

/// <summary>One way in which a document does not satisfy a schema.</summary>
internal sealed record SchemaFailure(string Type, string Field, string Text);

/// <summary>What a place in a document makes of a schema.</summary>
internal sealed class SchemaOutcome(string path)
{
    private const string Root = "(Root)";

    public List<SchemaFailure> Failures { get; } = [];

    /// <summary>How close it came: every group of rules counts one, every failure takes two.</summary>
    public int Score { get; set; }

    public bool IsValid => Failures.Count == 0;

    public string Field => path;

    public string Name => path.Length == 0 ? Root : path;

    public string Below(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Fail(string type, string text)
    {
        Failures.Add(new SchemaFailure(type, Name, text));
        Score -= 2;
    }

    public void Merge(SchemaOutcome other)
    {
        Failures.AddRange(other.Failures);
        Score += other.Score;
    }
}
