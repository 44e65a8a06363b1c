namespace Cove.AttestationService;

/// <summary>The tables of the service's database, one entry for each version; only ever appended to.</summary>
internal static class AttestationSchema
{
    public static IReadOnlyList<string> Sqlite { get; } =
    [
        "CREATE TABLE signing_key (id INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, pkcs8 BLOB NOT NULL, certificate BLOB NOT NULL)",
        "CREATE TABLE policy (attestation_type TEXT PRIMARY KEY, document TEXT NOT NULL, changed INTEGER NOT NULL)",
        TokenKeys("BLOB") + "; INSERT INTO token_key SELECT created, 0, pkcs8, certificate FROM signing_key ORDER BY id DESC LIMIT 1; DROP TABLE signing_key",
        PolicyCertificates("BLOB"),
    ];

    public static IReadOnlyList<string> Postgres { get; } =
    [
        "CREATE TABLE policy (attestation_type TEXT PRIMARY KEY, document TEXT NOT NULL, changed BIGINT NOT NULL)",
        TokenKeys("BYTEA"),
        PolicyCertificates("BYTEA"),
    ];

    // A signing key signs from used_from until the next one's. What was made before keys had a place in time signs from when it was made.
    private static string TokenKeys(string bytes) =>
        $"CREATE TABLE token_key (used_from BIGINT PRIMARY KEY, sealed BIGINT NOT NULL, private_key {bytes}, certificate {bytes} NOT NULL)";

    private static string PolicyCertificates(string bytes) =>
        $"CREATE TABLE policy_certificate (thumbprint TEXT PRIMARY KEY, certificate {bytes} NOT NULL, added BIGINT NOT NULL)";
}
