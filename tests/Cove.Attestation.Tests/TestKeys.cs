using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Cove.Attestation.Tests;

/// <summary>RSA keys by name, made once for all tests: making one takes longer than most tests. Each caller gets an object of its own.</summary>
internal static class TestKeys
{
    private static readonly ConcurrentDictionary<string, Lazy<RSAParameters>> Made = new(StringComparer.Ordinal);

    public static RSA Rsa(string name) => RSA.Create(Made.GetOrAdd(name, _ => new Lazy<RSAParameters>(Make)).Value);

    private static RSAParameters Make()
    {
        using var key = RSA.Create(2048);
        return key.ExportParameters(includePrivateParameters: true);
    }
}
