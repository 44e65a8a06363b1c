namespace Cove.KeyService.Storage;

/// <summary>The tables. Steps are only ever appended: a database is brought up from the version it has.</summary>
internal static class KeySchema
{
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
        CREATE TABLE key (
            name TEXT PRIMARY KEY COLLATE NOCASE,
            exportable INTEGER NOT NULL,
            deleted INTEGER,
            purge INTEGER);
        CREATE TABLE key_version (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL COLLATE NOCASE REFERENCES key (name) ON DELETE CASCADE,
            version TEXT NOT NULL,
            kty TEXT NOT NULL,
            public BLOB,
            sealed BLOB NOT NULL,
            key_ops TEXT NOT NULL,
            enabled INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            nbf INTEGER,
            exp INTEGER,
            tags TEXT,
            policy BLOB,
            policy_immutable INTEGER NOT NULL,
            policy_content_type TEXT,
            UNIQUE (name, version));
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            entry BLOB NOT NULL,
            hash BLOB NOT NULL);
        CREATE TRIGGER audit_keeps_what_it_has BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_forgets_nothing BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """,
        "CREATE TABLE rotation_policy (name TEXT PRIMARY KEY COLLATE NOCASE REFERENCES key (name) ON DELETE CASCADE, policy TEXT NOT NULL)",
        """
        CREATE TABLE secret (name TEXT PRIMARY KEY COLLATE NOCASE, deleted INTEGER, purge INTEGER);
        CREATE TABLE secret_version (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL COLLATE NOCASE REFERENCES secret (name) ON DELETE CASCADE,
            version TEXT NOT NULL,
            sealed BLOB NOT NULL,
            content_type TEXT,
            enabled INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            nbf INTEGER,
            exp INTEGER,
            tags TEXT,
            UNIQUE (name, version));
        """,
    ];
}
