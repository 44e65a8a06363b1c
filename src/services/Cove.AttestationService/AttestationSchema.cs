namespace Cove.AttestationService;

/// <summary>The tables of the service's database, one entry for each version; only ever appended to.</summary>
internal static class AttestationSchema
{
    public static IReadOnlyList<string> Versions { get; } =
    [
        "CREATE TABLE signing_key (id INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, pkcs8 BLOB NOT NULL, certificate BLOB NOT NULL)",
        "CREATE TABLE policy (attestation_type TEXT PRIMARY KEY, document TEXT NOT NULL, changed INTEGER NOT NULL)",
    ];
}
