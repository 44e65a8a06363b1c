using System.Data.Common;
using System.Security.Cryptography;
using Cove.Attestation.Maa.Policies;
using Cove.AttestationService.Http;
using Cove.Formats.Der;
using Cove.Hosting.Errors;
using Cove.Hosting.Storage;

namespace Cove.AttestationService.Policies;

/// <summary>
/// The certificates whose keys may sign policies. A service that has any is isolated: no policy changes without such a signature, whoever
/// asks. It stays so, since the last certificate cannot be removed.
/// </summary>
internal sealed class PolicyCertificates(Database database, TimeProvider clock)
{
    private const int MaximumCertificates = 32;

    /// <summary>All of them, oldest first.</summary>
    public Task<List<Certificate>> ListAsync(CancellationToken cancellation) => database.ReadAsync(
        async (connection, stop) =>
        {
            await using var command = connection.Command("SELECT certificate FROM policy_certificate ORDER BY added, thumbprint");
            await using var row = await command.ExecuteReaderAsync(stop);
            List<Certificate> certificates = [];
            while (await row.ReadAsync(stop)) certificates.Add(Certificate.Parse(row.GetFieldValue<byte[]>(0)));
            return certificates;
        },
        cancellation);

    /// <summary>Makes the service isolated with these certificates, unless it is already; then those that it has stay.</summary>
    /// <returns>Whether it was made so now, or has all of these already.</returns>
    public Task<bool> IsolateAsync(IReadOnlyList<Certificate> certificates, CancellationToken cancellation) => database.WriteAsync(
        connection =>
        {
            if (Count(connection) > 0) return certificates.All(certificate => IsThere(connection, certificate));
            foreach (var certificate in certificates) Insert(connection, certificate);
            return true;
        },
        cancellation);

    /// <summary>Adds a certificate; one that is there already stays.</summary>
    public Task AddAsync(PolicyCertificateChange change, CancellationToken cancellation) => database.WriteAsync(
        connection =>
        {
            RequireSigner(connection, change.Signer);
            if (!change.Certificate.IsValidAt(clock.GetUtcNow())) throw MaaErrors.InvalidParameter("the certificate is not valid at this time");
            if (IsThere(connection, change.Certificate)) return true;
            if (Count(connection) >= MaximumCertificates) throw MaaErrors.InvalidOperation($"there are {MaximumCertificates} policy certificates already, remove one first");
            Insert(connection, change.Certificate);
            return true;
        },
        cancellation);

    /// <summary>Removes a certificate; one that is not there stays away.</summary>
    public Task RemoveAsync(PolicyCertificateChange change, CancellationToken cancellation) => database.WriteAsync(
        connection =>
        {
            RequireSigner(connection, change.Signer);
            if (!IsThere(connection, change.Certificate)) return true;
            if (Count(connection) == 1) throw MaaErrors.InvalidOperation("the last policy certificate cannot be removed: nobody could set a policy, or add one, any more");
            connection.Execute("DELETE FROM policy_certificate WHERE thumbprint = @thumbprint", ("@thumbprint", Thumbprint(change.Certificate)));
            return true;
        },
        cancellation);

    /// <summary>Requires, within the write that puts a policy into force, that it may be: signed by one of the certificates' keys where there are any.</summary>
    /// <exception cref="ServiceException">It may not.</exception>
    public void Require(DbConnection connection, PolicyDocument document)
    {
        if (Count(connection) == 0) return;
        if (document.SignerCertificate is not { } signer) throw MaaErrors.InvalidOperation("this service takes signed policies only, and the policy is not signed");
        RequireSigner(connection, signer);
    }

    private static string Thumbprint(Certificate certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.Der.Span));

    private static long Count(DbConnection connection)
    {
        using var command = connection.Command("SELECT count(*) FROM policy_certificate");
        return (long)command.ExecuteScalar()!;
    }

    private static bool IsThere(DbConnection connection, Certificate certificate)
    {
        using var command = connection.Command("SELECT count(*) FROM policy_certificate WHERE thumbprint = @thumbprint", ("@thumbprint", Thumbprint(certificate)));
        return (long)command.ExecuteScalar()! == 1;
    }

    private void RequireSigner(DbConnection connection, Certificate signer)
    {
        if (Count(connection) == 0) throw MaaErrors.InvalidOperation("this service has no policy certificates; it is given the first ones when it is started");
        if (!IsThere(connection, signer)) throw MaaErrors.InvalidOperation("the signature is by none of this service's policy certificates");
        if (!signer.IsValidAt(clock.GetUtcNow())) throw MaaErrors.InvalidOperation("the certificate of the key that signed is not valid at this time");
    }

    private void Insert(DbConnection connection, Certificate certificate) => connection.Execute(
        "INSERT INTO policy_certificate (thumbprint, certificate, added) VALUES (@thumbprint, @certificate, @added)",
        ("@thumbprint", Thumbprint(certificate)),
        ("@certificate", certificate.Der.ToArray()),
        ("@added", clock.GetUtcNow().ToUnixTimeSeconds()));
}
