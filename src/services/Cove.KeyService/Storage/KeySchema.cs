namespace Cove.KeyService.Storage;

/// <summary>The tables, one entry for each version; only ever appended to.</summary>
internal static class KeySchema
{
    public static IReadOnlyList<string> Sqlite { get; } =
    [
        Keys(SqliteWords) + """
        CREATE TRIGGER audit_keeps_what_it_has BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_forgets_nothing BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """,
        RotationPolicies(SqliteWords),
        Secrets(SqliteWords),
        Roles(SqliteWords),
        Settings,
        Jobs(SqliteWords),
    ];

    public static IReadOnlyList<string> Postgres { get; } =
    [
        // Names differ by more than case, as in SQLite's NOCASE.
        "CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
        + Keys(PostgresWords) + """
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
        CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
        """,
        RotationPolicies(PostgresWords),
        Secrets(PostgresWords),
        Roles(PostgresWords),
        Settings,
        Jobs(PostgresWords),
    ];

    private static string Settings => "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

    private static Words SqliteWords => new("TEXT COLLATE NOCASE", "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", "INTEGER", "BLOB");

    private static Words PostgresWords => new("TEXT COLLATE anycase", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BIGINT", "BOOLEAN", "BYTEA");

    private static string Keys(Words words) =>
        $"""
        CREATE TABLE meta (name TEXT PRIMARY KEY, value {words.Bytes} NOT NULL);
        CREATE TABLE key (
            name {words.Name} PRIMARY KEY,
            exportable {words.Truth} NOT NULL,
            deleted {words.Number},
            purge {words.Number});
        CREATE TABLE key_version (
            seq {words.Sequence},
            name {words.Name} NOT NULL REFERENCES key (name) ON DELETE CASCADE,
            version TEXT NOT NULL,
            kty TEXT NOT NULL,
            public {words.Bytes},
            sealed {words.Bytes} NOT NULL,
            key_ops TEXT NOT NULL,
            enabled {words.Truth} NOT NULL,
            created {words.Number} NOT NULL,
            updated {words.Number} NOT NULL,
            nbf {words.Number},
            exp {words.Number},
            tags TEXT,
            policy {words.Bytes},
            policy_immutable {words.Truth} NOT NULL,
            policy_content_type TEXT,
            UNIQUE (name, version));
        CREATE TABLE audit (
            seq {words.Number} PRIMARY KEY,
            entry {words.Bytes} NOT NULL,
            hash {words.Bytes} NOT NULL);

        """;

    private static string RotationPolicies(Words words) =>
        $"CREATE TABLE rotation_policy (name {words.Name} PRIMARY KEY REFERENCES key (name) ON DELETE CASCADE, policy TEXT NOT NULL)";

    private static string Secrets(Words words) =>
        $"""
        CREATE TABLE secret (name {words.Name} PRIMARY KEY, deleted {words.Number}, purge {words.Number});
        CREATE TABLE secret_version (
            seq {words.Sequence},
            name {words.Name} NOT NULL REFERENCES secret (name) ON DELETE CASCADE,
            version TEXT NOT NULL,
            sealed {words.Bytes} NOT NULL,
            content_type TEXT,
            enabled {words.Truth} NOT NULL,
            created {words.Number} NOT NULL,
            updated {words.Number} NOT NULL,
            nbf {words.Number},
            exp {words.Number},
            tags TEXT,
            UNIQUE (name, version));
        """;

    private static string Roles(Words words) =>
        $"""
        CREATE TABLE role_definition (name TEXT PRIMARY KEY, definition TEXT NOT NULL);
        CREATE TABLE role_assignment (name TEXT PRIMARY KEY, scope {words.Name} NOT NULL, role TEXT NOT NULL, principal TEXT NOT NULL, UNIQUE (principal, role, scope));
        """;

    private static string Jobs(Words words) =>
        $"""
        CREATE TABLE job (
            id TEXT PRIMARY KEY,
            kind {words.Number} NOT NULL,
            key TEXT,
            folder TEXT NOT NULL,
            started {words.Number} NOT NULL,
            ended {words.Number},
            code TEXT,
            details TEXT);
        """;

    /// <summary>What the two databases call the same thing.</summary>
    private sealed record Words(string Name, string Sequence, string Number, string Truth, string Bytes);
}
