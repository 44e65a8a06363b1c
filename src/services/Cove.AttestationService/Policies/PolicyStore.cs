using System.Collections.Concurrent;
using Cove.Attestation.Maa.Policies;
using Cove.Hosting.Storage;

namespace Cove.AttestationService.Policies;

/// <summary>
/// The policies in force, one for each attestation type. They are read from the database for every request, so that all instances
/// over one database agree; only parsing is remembered.
/// </summary>
internal sealed class PolicyStore(Database database, PolicyCertificates certificates, TimeProvider clock)
{
    private const int MaximumParsed = 64;
    private readonly ConcurrentDictionary<string, PolicyDocument> _parsed = new(StringComparer.Ordinal);

    /// <summary>The policy in force: the one that was set, or the type's default. Null where there is neither.</summary>
    public async Task<PolicyDocument?> GetAsync(string attestationType, CancellationToken cancellation)
    {
        var text = await database.ReadAsync(
            async (connection, stop) =>
            {
                await using var command = connection.Command("SELECT document FROM policy WHERE attestation_type = @type", ("@type", attestationType));
                return await command.ExecuteScalarAsync(stop) as string;
            },
            cancellation);
        if (text is not null) return Parsed(text);
        return MaaPolicy.DefaultFor(attestationType) is { } standard ? PolicyDocument.Of(standard) : null;
    }

    /// <summary>Puts a policy into force. When the task completes it is on disk.</summary>
    public Task SetAsync(string attestationType, PolicyDocument document, CancellationToken cancellation) => database.WriteAsync(
        connection =>
        {
            certificates.Require(connection, document);
            return connection.Execute(
                "INSERT INTO policy (attestation_type, document, changed) VALUES (@type, @document, @changed) "
                + "ON CONFLICT (attestation_type) DO UPDATE SET document = excluded.document, changed = excluded.changed",
                ("@type", attestationType),
                ("@document", document.Text),
                ("@changed", clock.GetUtcNow().ToUnixTimeSeconds()));
        },
        cancellation);

    /// <summary>Puts the default back into force.</summary>
    /// <param name="attestationType">Whose.</param>
    /// <param name="document">By which the owner asks for it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task ResetAsync(string attestationType, PolicyDocument document, CancellationToken cancellation) => database.WriteAsync(
        connection =>
        {
            certificates.Require(connection, document);
            return connection.Execute("DELETE FROM policy WHERE attestation_type = @type", ("@type", attestationType));
        },
        cancellation);

    private PolicyDocument Parsed(string text)
    {
        if (_parsed.Count > MaximumParsed) _parsed.Clear();
        return _parsed.GetOrAdd(text, PolicyDocument.Parse);
    }
}
