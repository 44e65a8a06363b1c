namespace Cove.KeyService.Backup;

/// <summary>One table as a full backup holds it: its columns in order, and the order of its rows.</summary>
internal sealed record BackupTable(string Name, string Order, IReadOnlyList<(string Name, ColumnKind Kind)> Columns)
{
    /// <summary>Everything that a full backup holds, parents first. Not the audit log, which only grows, and not what the service knows of its own master key.</summary>
    public static IReadOnlyList<BackupTable> All { get; } =
    [
        new("key", "name", [("name", ColumnKind.Text), ("exportable", ColumnKind.Truth), ("deleted", ColumnKind.Number), ("purge", ColumnKind.Number)]),
        new("key_version", "seq",
        [
            ("name", ColumnKind.Text), ("version", ColumnKind.Text), ("kty", ColumnKind.Text), ("public", ColumnKind.Bytes), ("sealed", ColumnKind.Bytes), ("key_ops", ColumnKind.Text),
            .. Lifetime, ("policy", ColumnKind.Bytes), ("policy_immutable", ColumnKind.Truth), ("policy_content_type", ColumnKind.Text),
        ]),
        new("rotation_policy", "name", [("name", ColumnKind.Text), ("policy", ColumnKind.Text)]),
        new("secret", "name", [("name", ColumnKind.Text), ("deleted", ColumnKind.Number), ("purge", ColumnKind.Number)]),
        new("secret_version", "seq", [("name", ColumnKind.Text), ("version", ColumnKind.Text), ("sealed", ColumnKind.Bytes), ("content_type", ColumnKind.Text), .. Lifetime]),
        new("role_definition", "name", [("name", ColumnKind.Text), ("definition", ColumnKind.Text)]),
        new("role_assignment", "name", [("name", ColumnKind.Text), ("scope", ColumnKind.Text), ("role", ColumnKind.Text), ("principal", ColumnKind.Text)]),
        new("setting", "name", [("name", ColumnKind.Text), ("value", ColumnKind.Text)]),
    ];

    /// <summary>The tables that hold one key.</summary>
    public static IReadOnlyList<string> OfKeys { get; } = ["key", "key_version", "rotation_policy"];

    public string Select { get; } = $"SELECT {string.Join(", ", Columns.Select(c => c.Name))} FROM {Name} ORDER BY {Order}";

    public string Insert { get; } = $"INSERT INTO {Name} ({string.Join(", ", Columns.Select(c => c.Name))}) VALUES ({string.Join(", ", Columns.Select(c => $"@{c.Name}"))})";

    private static IReadOnlyList<(string, ColumnKind)> Lifetime =>
    [
        ("enabled", ColumnKind.Truth), ("created", ColumnKind.Number), ("updated", ColumnKind.Number), ("nbf", ColumnKind.Number), ("exp", ColumnKind.Number), ("tags", ColumnKind.Text),
    ];
}
